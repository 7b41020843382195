// A stream whose writer may be held up: what was written meanwhile goes out when it is let go.
#pragma once

#include <stdint.h>

#include <vector>

#include "link/frames.h"

namespace evse::host {

class HeldStream final : public link::Stream {
 public:
  explicit HeldStream(link::Stream& stream) : stream_(stream) {}

  // What is written from now on stays here.
  void hold() { holding_ = true; }
  // What is written from now on goes out; what has been held so far stays.
  void pass() { holding_ = false; }
  // Everything goes out. False: the other side is gone.
  bool release();

  bool read(uint8_t* data, int size) override { return stream_.read(data, size); }
  bool write(const uint8_t* data, int size) override;

 private:
  link::Stream& stream_;
  std::vector<uint8_t> held_;
  bool holding_ = false;
};

}  // namespace evse::host
