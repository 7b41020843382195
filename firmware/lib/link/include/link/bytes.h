// Little-endian numbers and padded texts, whatever the machine.
#pragma once

#include <stdint.h>

namespace evse::link {

inline void put_u8(uint8_t*& p, uint8_t value) { *p++ = value; }

inline void put_u16(uint8_t*& p, uint16_t value) {
  for (int i = 0; i < 2; ++i) *p++ = static_cast<uint8_t>(value >> (8 * i));
}

inline void put_u32(uint8_t*& p, uint32_t value) {
  for (int i = 0; i < 4; ++i) *p++ = static_cast<uint8_t>(value >> (8 * i));
}

inline void put_u64(uint8_t*& p, uint64_t value) {
  for (int i = 0; i < 8; ++i) *p++ = static_cast<uint8_t>(value >> (8 * i));
}

inline void put_i32(uint8_t*& p, int32_t value) { put_u32(p, static_cast<uint32_t>(value)); }

inline void put_i64(uint8_t*& p, int64_t value) { put_u64(p, static_cast<uint64_t>(value)); }

template <int N>
inline void put_text(uint8_t*& p, const char (&text)[N]) {
  for (int i = 0; i < N; ++i) *p++ = static_cast<uint8_t>(text[i]);
}

inline uint8_t get_u8(const uint8_t*& p) { return *p++; }

inline uint16_t get_u16(const uint8_t*& p) {
  const uint32_t low = p[0];
  const uint32_t high = p[1];
  p += 2;
  return static_cast<uint16_t>(low | high << 8);
}

inline uint32_t get_u32(const uint8_t*& p) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value |= static_cast<uint32_t>(*p++) << (8 * i);
  return value;
}

inline uint64_t get_u64(const uint8_t*& p) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value |= static_cast<uint64_t>(*p++) << (8 * i);
  return value;
}

inline int32_t get_i32(const uint8_t*& p) { return static_cast<int32_t>(get_u32(p)); }

inline int64_t get_i64(const uint8_t*& p) { return static_cast<int64_t>(get_u64(p)); }

// A number that names no member leaves `valid` false and the first member.
template <typename Enum, int Members>
inline Enum get_choice(const uint8_t*& p, bool& valid) {
  const uint8_t number = get_u8(p);
  if (number >= Members) {
    valid = false;
    return static_cast<Enum>(0);
  }
  return static_cast<Enum>(number);
}

template <int N>
inline void get_text(const uint8_t*& p, char (&text)[N]) {
  for (int i = 0; i < N; ++i) text[i] = static_cast<char>(*p++);
}

}  // namespace evse::link
