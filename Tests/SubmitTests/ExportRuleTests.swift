import JobModel
import Testing

@testable import submit
