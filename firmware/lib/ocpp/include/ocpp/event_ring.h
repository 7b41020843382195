// The last events of an operator's log, in RAM, for whoever asks for diagnostics.
#pragma once

#include <stdint.h>

#include "ocpp/sizes.h"
#include "ocpp/text.h"

namespace evse::ocpp {

// Lines, the oldest of which go. A place in it is a number of bytes since power-on.
class EventRing {
 public:
  void add(int64_t utc_us, int connector, const char* text);

  // Where the oldest whole line begins.
  uint32_t begin() const;
  uint32_t end() const { return end_; }
  // The byte at a place between the two.
  char at(uint32_t place) const { return bytes_[place % kEventBytes]; }

 private:
  void put(const char* text);
  void put(char c) { bytes_[end_++ % kEventBytes] = c; }

  char bytes_[kEventBytes] = {};
  uint32_t end_ = 0;
};

}  // namespace evse::ocpp
