import Foundation
import Testing

/// What the documents refer to is there.
struct LinkTests {
    @Test func `links within the repository lead somewhere`() throws {
        var pages = ["README.md", "CHANGELOG.md"]
        pages += try Repository.names(in: "docs").filter { $0.hasSuffix(".md") }.map {
            "docs/\($0)"
        }
        var count = 0
        for page in pages {
            let folder = Repository.folder.appendingPathComponent(page).deletingLastPathComponent()
            for link in try Repository.text(page).matches(of: /\]\(([^)#:]+)\)/) {
                let target = folder.appendingPathComponent(String(link.1))
                #expect(FileManager.default.fileExists(atPath: target.path), "\(page): \(link.1)")
                count += 1
            }
        }
        #expect(count > 0)
    }

    @Test func `pages of the manual refer to pages that are there`() throws {
        let pages = try Repository.names(in: "man")
        let programs = Set(Repository.programs + ["stepd", "sluice", "schedd.toml"])
        for page in pages {
            for reference in try Repository.text("man/\(page)").matches(of: /Xr (\S+) (\d)/)
            where programs.contains(String(reference.1)) {
                #expect(pages.contains("\(reference.1).\(reference.2)"), "\(page)")
            }
        }
    }
}
