#ifndef CLINUX_HANDOVER_H
#define CLINUX_HANDOVER_H

#include <stddef.h>
#include <sys/types.h>

/// Two connected sockets that keep messages apart (socketpair(2), SOCK_SEQPACKET), close-on-exec;
/// 0, or -1 and errno.
int clinux_socket_pair(int ends[2]);

/// Sends a message with an open file (unix(7), SCM_RIGHTS), or with none where that is -1, without
/// waiting; the bytes sent, or -1 and errno.
ssize_t clinux_send(int socket, const void *bytes, size_t count, int descriptor);

/// Takes the next message, waiting for it: its bytes, 0 where the other end is closed, or -1 and
/// errno. The file that came with it is close-on-exec, -1 where none did.
ssize_t clinux_receive(int socket, void *bytes, size_t capacity, int *descriptor);

#endif
