internal import Glibc
internal import Supervision

// What is open, the kernel closes; there is nothing else to tidy up.
_exit(Supervisor.main())
