#include "ocpp/base64.h"

namespace evse::ocpp {

namespace {

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

int decode_base64(const char* text, uint8_t* bytes, int capacity) {
  uint32_t group = 0;
  int count = 0;   // of characters, padding included
  int padded = 0;
  int size = 0;
  for (; *text != '\0'; ++text) {
    if (is_space(*text)) continue;
    const int value = value_of(*text);
    if (*text == '=') {
      if (++padded > 2) return -1;
    } else if (value < 0 || padded > 0) {
      return -1;
    }
    group = group << 6 | (value < 0 ? 0u : static_cast<uint32_t>(value));
    if (++count % 4 != 0) continue;
    for (int i = 0; i < 3 - padded; ++i) {
      if (size == capacity) return -1;
      bytes[size++] = static_cast<uint8_t>(group >> (16 - 8 * i));
    }
  }
  return count % 4 == 0 ? size : -1;
}

}  // namespace evse::ocpp
