// The co-simulation link on a socket that this process was started with.
#pragma once

#include <stdint.h>

#include "link/client.h"

namespace evse::host {

class SocketStream final : public link::Stream {
 public:
  explicit SocketStream(int socket) : socket_(socket) {}

  bool read(uint8_t* data, int size) override;
  bool write(const uint8_t* data, int size) override;

 private:
  int socket_;
};

}  // namespace evse::host
