// The WebSocket to the central system, which the twin keeps at the other end of the business link.
#pragma once

#include <stdint.h>

#include "hal/transport.h"
#include "link/business.h"

namespace evse::host {

class LinkTransport final : public hal::Transport {
 public:
  explicit LinkTransport(link::Business& twin) : twin_(twin) {}

  // From the twin.
  void changed(link::Net state, Failure why);
  void heard(const uint8_t* text, uint32_t size);
  // There is a message that has not been received.
  bool waiting() const { return used_ > 0; }

  void connect(const char* url, const char* subprotocol, const char* user, const uint8_t* key,
               int key_size) override;
  State state() override { return state_; }
  Failure failure() const override { return failure_; }
  void close() override;
  bool send(const char* text, int size) override;
  int receive(char* text, int capacity) override;
  bool network_returned() override;
  void ping_every(int seconds) override;

 private:
  static constexpr int kSizeBytes = 4;
  // As much as comes between two polls: on a board it is less.
  static constexpr int kRoom = 256 * 1024;

  link::Business& twin_;
  State state_ = State::Closed;
  Failure failure_ = Failure::Other;
  bool returned_ = false;
  int ping_seconds_ = -1;
  // Messages one behind the other: the whole size, then what is kept of it.
  uint8_t messages_[kRoom]{};
  int used_ = 0;
};

}  // namespace evse::host
