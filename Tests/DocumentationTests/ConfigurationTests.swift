import Testing

@testable import Daemon

/// The configuration's page and sample know the keys that `schedd` reads.
struct ConfigurationTests {
    @Test(arguments: Configuration.keys)
    func `every key stands in the page`(_ key: String) throws {
        let page = try Repository.text("man/schedd.toml.5")
        #expect(page.contains(".It Cm \(key) ") || page.contains(".It Cm [[\(key)]]"))
    }

    @Test(arguments: Configuration.keys)
    func `every key stands in the sample`(_ key: String) throws {
        let sample = try Repository.text("etc/schedd.toml")
        #expect(sample.contains("\n#\(key) = ") || sample.contains("\n#[[\(key)]]"))
    }

    @Test func `the sample as it is changes nothing`() throws {
        let sample = try Repository.text("etc/schedd.toml")
        #expect(try Configuration(text: sample, file: "sample") == Configuration())
    }

    @Test func `the sample's values are what holds without them`() throws {
        let sample = try Repository.text("etc/schedd.toml")
        let lines = sample.split(separator: "\n").filter {
            $0.starts(with: /#[a-z_]+ = |#\[\[/)
        }
        let text = lines.map { $0.dropFirst() }.joined(separator: "\n")
        var read = try Configuration(text: text, file: "sample")
        #expect(read.gpus?.count == 1)
        read.gpus = nil
        #expect(read == Configuration())
    }
}
