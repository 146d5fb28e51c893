/// CRC-32 as in ISO 3309, a bit at a time: a slot has a few dozen bytes and no table is worth its start-up.
func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var value = UInt32.max
    for byte in bytes {
        value ^= UInt32(byte)
        for _ in 0..<8 {
            value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320
        }
    }
    return ~value
}
