internal import Glibc
internal import JobModel

/// Texts as C takes them: an array of terminated strings that ends in a null pointer.
struct CStrings: ~Copyable {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let bytes: UnsafeMutablePointer<CChar>

    init(_ texts: [ByteString]) {
        let size = texts.reduce(0) { $0 + $1.bytes.count + 1 }
        unsafe bytes = .allocate(capacity: size)
        unsafe pointers = .allocate(capacity: texts.count + 1)
        var next = unsafe bytes
        for (index, text) in texts.enumerated() {
            unsafe pointers[index] = next
            for byte in text.bytes {
                unsafe next.pointee = CChar(bitPattern: byte)
                unsafe next += 1
            }
            unsafe next.pointee = 0
            unsafe next += 1
        }
        unsafe pointers[texts.count] = nil
    }

    deinit {
        unsafe bytes.deallocate()
        unsafe pointers.deallocate()
    }
}
