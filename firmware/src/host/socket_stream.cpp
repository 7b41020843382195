#include "socket_stream.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/types.h>

namespace evse::host {

bool SocketStream::read(uint8_t* data, int size) {
  while (size > 0) {
    const ssize_t got = recv(socket_, data, static_cast<size_t>(size), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    data += got;
    size -= static_cast<int>(got);
  }
  return true;
}

bool SocketStream::write(const uint8_t* data, int size) {
  while (size > 0) {
    const ssize_t put = send(socket_, data, static_cast<size_t>(size), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    data += put;
    size -= static_cast<int>(put);
  }
  return true;
}

}  // namespace evse::host
