import Foundation

/// One line of the table.
struct Figure {
    var name: String
    var value: String
    var floor: String
    var isMet: Bool

    /// A ratio that may be so high at the most.
    static func ratio(_ name: String, _ value: Double, atMost floor: Double) -> Figure {
        Figure(
            name: name,
            value: String(format: "%.2f ×", value),
            floor: String(format: "≤ %g ×", floor),
            isMet: value <= floor
        )
    }

    /// A share that must be so high at least.
    static func share(_ name: String, _ value: Double, atLeast floor: Double) -> Figure {
        Figure(
            name: name,
            value: String(format: "%.1f %%", value * 100),
            floor: String(format: "≥ %g %%", floor * 100),
            isMet: value >= floor
        )
    }

    /// A plain number with a unit.
    static func number(
        _ name: String,
        _ value: Double,
        _ unit: String,
        atMost floor: Double
    ) -> Figure {
        Figure(
            name: name,
            value: String(format: "%.4g %@", value, unit as NSString),
            floor: String(format: "≤ %g %@", floor, unit as NSString),
            isMet: value <= floor
        )
    }
}
