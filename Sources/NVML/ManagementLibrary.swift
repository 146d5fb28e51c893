internal import Glibc
internal import JobModel
public import Machine

/// NVIDIA's management library (NVML), loaded at run time where it is installed.
///
/// It is a target of its own because it needs dlopen(3), which a static executable cannot rely on.
/// With a broken driver any of its calls may hang: ask it in a child process, which prints
/// `GPUProbe.text`. Source: NVML API Reference Guide; declarations in its `nvml.h`.
public struct ManagementLibrary: ~Copyable {
    typealias Handle = UnsafeMutableRawPointer
    typealias NoArguments = @convention(c) () -> CInt
    typealias GetNumber = @convention(c) (Handle, UnsafeMutablePointer<CUnsignedInt>) -> CInt
    typealias GetText =
        @convention(c) (
            Handle, UnsafeMutablePointer<CChar>, CUnsignedInt
        ) -> CInt
    typealias GetRecord = @convention(c) (Handle, UnsafeMutableRawPointer) -> CInt

    /// What the library answers where all is well.
    static let success: CInt = 0
    /// What it answers to a question that a GPU cannot answer (NVML_ERROR_NOT_SUPPORTED).
    static let notSupported: CInt = 3
    /// What it answers where the caller's buffer is too short (NVML_ERROR_INSUFFICIENT_SIZE).
    static let insufficientSize: CInt = 7

    private let library: UnsafeMutableRawPointer

    /// What it says of all GPUs and of what computes on them.
    ///
    /// - Parameter name: the library's file, found as dlopen(3) finds it.
    /// - Throws: why there is no answer: no library, no driver, or a call that failed.
    public static func probe(library name: String = "libnvidia-ml.so.1") throws(NVMLError)
        -> GPUProbe
    {
        let library = try ManagementLibrary(name)
        try library.check("nvmlInit_v2", library.function("nvmlInit_v2", NoArguments.self)())
        defer { _ = try? library.function("nvmlShutdown", NoArguments.self)() }
        var devices: [GPUProbe.Device] = []
        var ends: [NVLinkEnds] = []
        for handle in try library.handles() {
            // A GPU that is lost or forbidden is no reason to lose the others.
            devices += (try? unsafe library.devices(of: handle)) ?? []
            if let found = try? unsafe library.nvlinks(of: handle) { ends.append(found) }
        }
        return GPUProbe(devices: devices, links: NVLinkEnds.links(between: ends))
    }

    private init(_ name: String) throws(NVMLError) {
        guard let library = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
            throw .noLibrary(unsafe dlerror().map { unsafe String(cString: $0) } ?? name)
        }
        unsafe self.library = library
    }

    deinit {
        unsafe dlclose(library)
    }

    /// A function of the library, under the type that its declaration gives it.
    func function<Function>(
        _ name: String,
        _ type: Function.Type
    ) throws(NVMLError) -> Function {
        guard let symbol = unsafe dlsym(library, name) else { throw .noFunction(name) }
        return unsafe unsafeBitCast(symbol, to: type)
    }

    func check(_ name: String, _ code: CInt) throws(NVMLError) {
        guard code == Self.success else { throw .failed(call: name, code: code) }
    }

    func number(_ name: String, of handle: Handle) throws(NVMLError) -> Int {
        var value: CUnsignedInt = 0
        try check(name, unsafe function(name, GetNumber.self)(handle, &value))
        return Int(value)
    }

    func text(_ name: String, of handle: Handle) throws(NVMLError) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        try check(
            name,
            unsafe function(name, GetText.self)(handle, &buffer, CUnsignedInt(buffer.count))
        )
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }
}

/// Why NVIDIA's management library gave no answer.
public enum NVMLError: Error, Equatable {
    /// The library cannot be loaded: what dlerror(3) says.
    case noLibrary(String)
    /// The library is too old to have a function.
    case noFunction(String)
    /// A call failed, with a code of `nvmlReturn_t`.
    case failed(call: String, code: CInt)
}

extension NVMLError: CustomStringConvertible {
    /// One line that names what failed.
    public var description: String {
        switch self {
        case .noLibrary(let reason): "NVIDIA's management library cannot be loaded: \(reason)"
        case .noFunction(let name): "NVIDIA's management library has no '\(name)'"
        case .failed(let call, let code): "\(call): error \(code) of NVIDIA's management library"
        }
    }
}
