internal import Glibc
internal import Supervision

exit(Supervisor.main())
