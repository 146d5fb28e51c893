import CommandLineSupport
import JobModel

/// Writes a drawing (SVG 1.1), element by element.
///
/// Classes refer to the page's own style sheet; positions are rounded to hundredths.
struct SVGWriter {
    /// On which side of its position a text lies.
    enum Anchor: String {
        case start
        case middle
        case end
    }

    /// What is written so far.
    private(set) var output = OutputBuffer()

    /// Opens the drawing.
    mutating func begin(width: Double, height: Double, style: String, title: String) {
        output.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
        number(width)
        output.append(" ")
        number(height)
        output.append("\" width=\"")
        number(width)
        output.append("\" height=\"")
        number(height)
        output.append("\" role=\"img\">\n<title>")
        escaped(title)
        output.append("</title>\n<style>\n\(style)</style>\n")
    }

    /// Closes the drawing.
    mutating func end() { output.append("</svg>\n") }

    /// A rectangle; with a colour of its own where one is given, and a text that shows when it is
    /// pointed at.
    mutating func rectangle(
        _ x: Double,
        _ y: Double,
        _ width: Double,
        _ height: Double,
        class name: StaticString,
        fill: String? = nil,
        hint: String? = nil
    ) {
        output.append("<rect")
        attribute("x", x)
        attribute("y", y)
        attribute("width", width)
        attribute("height", height)
        output.append(" class=\"\(name)\"")
        if let fill { output.append(" fill=\"\(fill)\"") }
        guard let hint else {
            output.append("/>\n")
            return
        }
        output.append("><title>")
        escaped(hint)
        output.append("</title></rect>\n")
    }

    /// A straight line.
    mutating func line(
        _ x1: Double,
        _ y1: Double,
        _ x2: Double,
        _ y2: Double,
        class name: StaticString
    ) {
        output.append("<line")
        attribute("x1", x1)
        attribute("y1", y1)
        attribute("x2", x2)
        attribute("y2", y2)
        output.append(" class=\"\(name)\"/>\n")
    }

    /// A text on one line, its foot at the height given.
    mutating func text(
        _ x: Double,
        _ y: Double,
        _ text: String,
        class name: StaticString,
        _ anchor: Anchor = .start
    ) {
        output.append("<text")
        attribute("x", x)
        attribute("y", y)
        output.append(" class=\"\(name)\" text-anchor=\"\(anchor.rawValue)\">")
        escaped(text)
        output.append("</text>\n")
    }

    /// A path of many rectangles in one colour: much shorter than an element for each.
    mutating func rectangles(
        _ list: [(x: Double, y: Double, width: Double, height: Double)],
        fill: String,
        opacity: Double = 1
    ) {
        guard !list.isEmpty else { return }
        output.append("<path class=\"job\" fill=\"\(fill)\"")
        if opacity < 1 { attribute("fill-opacity", opacity) }
        output.append(" d=\"")
        for (x, y, width, height) in list {
            output.append("M")
            number(x)
            output.append(" ")
            number(y)
            output.append("h")
            number(width)
            output.append("v")
            number(height)
            output.append("h")
            number(-width)
            output.append("z")
        }
        output.append("\"/>\n")
    }

    /// The area between a foot and points from left to right, each as wide as the others.
    mutating func area(
        _ heights: [Double],
        from left: Double,
        step: Double,
        foot: Double,
        class name: StaticString
    ) {
        output.append("<path class=\"\(name)\" d=\"M")
        number(left)
        output.append(" ")
        number(foot)
        var last: Double?
        for (index, height) in heights.enumerated() {
            if height != last {
                if last != nil {
                    output.append("H")
                    number(left + Double(index) * step)
                }
                output.append("V")
                number(foot - height)
            }
            last = height
        }
        output.append("H")
        number(left + Double(heights.count) * step)
        output.append("V")
        number(foot)
        output.append("z\"/>\n")
    }

    private mutating func attribute(_ name: StaticString, _ value: Double) {
        output.append(" \(name)=\"")
        number(value)
        output.append("\"")
    }

    private mutating func number(_ value: Double) {
        output.append(decimal: value, places: 2)
    }

    /// Text as XML has it; what XML cannot hold becomes U+FFFD (XML 1.0, section 2.2).
    private mutating func escaped(_ text: String) {
        var safe = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}",
                "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
                safe += "\u{FFFD}"
            default: safe.unicodeScalars.append(scalar)
            }
        }
        output.append(safe)
    }
}
