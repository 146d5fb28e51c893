import CommandLineSupport
import JobModel
import Testing

@Suite struct JSONWriterTests {
    @Test func `values are written with their commas`() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jobs")
        writer.beginArray()
        for number in 1...2 {
            writer.beginObject()
            writer.key("job_id")
            writer.number(number)
            writer.key("gpus")
            writer.beginArray()
            writer.endArray()
            writer.key("held")
            writer.boolean(number == 1)
            writer.key("end_time")
            writer.null()
            writer.endObject()
        }
        writer.endArray()
        writer.key("name")
        writer.string("x")
        writer.endObject()
        writer.endLine()
        #expect(
            writer.output.string == """
                {"jobs":[{"job_id":1,"gpus":[],"held":true,"end_time":null},\
                {"job_id":2,"gpus":[],"held":false,"end_time":null}],"name":"x"}

                """
        )
    }

    @Test(
        arguments: [
            ("a\"b\\c\n\t", #""a\"b\\c\n\t""#), ("\u{1B}\u{0}", #""\u001b\u0000""#),
            ("é漢😀", "\"é漢😀\""), ("\u{9B}", #""\u009b""#), ("", "\"\""),
        ]
    )
    func `strings are escaped`(text: String, json: String) {
        var writer = JSONWriter()
        writer.string(text)
        #expect(writer.output.string == json)
    }

    @Test func `bytes that are no UTF-8 are replaced`() {
        var writer = JSONWriter()
        writer.string(ByteString([0x41, 0xFF, 0x42]))
        #expect(writer.output.string == "\"A\u{FFFD}B\"")
    }

    @Test func `times keep their microseconds`() {
        var writer = JSONWriter()
        writer.beginArray()
        writer.seconds(microseconds: 1_764_000_000_000_123)
        writer.seconds(microseconds: -500_000)
        writer.endArray()
        #expect(writer.output.string == "[1764000000.000123,-0.500000]")
    }
}
