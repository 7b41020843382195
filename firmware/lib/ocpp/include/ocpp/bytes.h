// Little-endian numbers and texts in records, the same on every machine.
#pragma once

#include <stdint.h>

#include "ocpp/text.h"

namespace evse::ocpp {

class BytesOut {
 public:
  explicit BytesOut(uint8_t* at) : at_(at) {}
  BytesOut& u8(uint8_t value) {
    *at_++ = value;
    return *this;
  }
  BytesOut& u32(uint32_t value) {
    for (int i = 0; i < 4; ++i) u8(static_cast<uint8_t>(value >> (8 * i)));
    return *this;
  }
  BytesOut& i32(int32_t value) { return u32(static_cast<uint32_t>(value)); }
  BytesOut& i64(int64_t value) {
    const auto bits = static_cast<uint64_t>(value);
    return u32(static_cast<uint32_t>(bits)).u32(static_cast<uint32_t>(bits >> 32));
  }
  template <int N>
  BytesOut& text(const Text<N>& text) {
    static_assert(N < 256, "the length is one byte");
    u8(static_cast<uint8_t>(text.size()));
    for (int i = 0; i < N; ++i) u8(i < text.size() ? static_cast<uint8_t>(text.get()[i]) : 0);
    return *this;
  }

 private:
  uint8_t* at_;
};

class BytesIn {
 public:
  explicit BytesIn(const uint8_t* at) : at_(at) {}
  uint8_t u8() { return *at_++; }
  uint32_t u32() {
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value |= static_cast<uint32_t>(u8()) << (8 * i);
    return value;
  }
  int32_t i32() { return static_cast<int32_t>(u32()); }
  int64_t i64() {
    const uint64_t low = u32();
    return static_cast<int64_t>(low | static_cast<uint64_t>(u32()) << 32);
  }
  template <int N>
  void text(Text<N>& text) {
    const int size = u8();
    text.clear();
    for (int i = 0; i < N; ++i) {
      const auto c = static_cast<char>(u8());
      if (i < size) text.put(c);
    }
  }

 private:
  const uint8_t* at_;
};

}  // namespace evse::ocpp
