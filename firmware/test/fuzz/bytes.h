// The twin's end of a link as a fuzzer plays it: what is read are the fuzzer's bytes, to their end.
#pragma once

#include <stdlib.h>
#include <string.h>

#include "link/frames.h"

namespace fuzz {

class Bytes final : public evse::link::Stream {
 public:
  Bytes(const uint8_t* data, size_t size) : data_(data), left_(size) {}

  bool read(uint8_t* data, int size) override {
    if (size < 0) abort();
    const size_t wanted = static_cast<size_t>(size);
    if (wanted > left_) return false;
    memcpy(data, data_, wanted);
    data_ += wanted;
    left_ -= wanted;
    return true;
  }

  bool write(const uint8_t* data, int size) override {
    // Every byte of a frame has to have been written: the sanitizer looks at them here.
    volatile uint8_t sum = 0;
    for (int i = 0; i < size; ++i) sum = static_cast<uint8_t>(sum + data[i]);
    return true;
  }

 private:
  const uint8_t* data_;
  size_t left_;
};

}  // namespace fuzz
