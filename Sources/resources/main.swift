internal import Glibc
internal import Machine

let usage = "usage: resources --sysroot FOLDER --json"
let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 3, arguments.contains("--json"),
    let option = arguments.firstIndex(of: "--sysroot"), option < arguments.endIndex - 1
else {
    write(STDERR_FILENO, usage + "\n", usage.utf8.count + 1)
    exit(64)
}
do throws(MachineDiscovery.Failure) {
    let machine = try MachineDiscovery.machine(under: arguments[option + 1])
    print("{\"machine\":\(MachineReport(machine: machine).json)}")
} catch {
    let message = "resources: \(error)\n"
    write(STDERR_FILENO, message, message.utf8.count)
    exit(66)
}
