#include <zlib.h>

// inflateInit2 is a macro. 31: the largest window, and gzip's header and checksum.
static inline int czlib_begin_gunzip(z_stream *stream) {
    return inflateInit2(stream, 31);
}
