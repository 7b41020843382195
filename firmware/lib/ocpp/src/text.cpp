#include "ocpp/text.h"

namespace evse::ocpp {

bool equal_folded(const char* a, const char* b) {
  while (*a != '\0' && folded(*a) == folded(*b)) {
    ++a;
    ++b;
  }
  return folded(*a) == folded(*b);
}

bool append(char* bytes, int most, uint16_t& size, const char* text, int count) {
  const bool fits = count <= most - size;
  const int taken = fits ? count : most - size;
  memcpy(bytes + size, text, static_cast<size_t>(taken));
  size = static_cast<uint16_t>(size + taken);
  bytes[size] = '\0';
  return fits;
}

bool append(char* bytes, int most, uint16_t& size, int64_t number) {
  char digits[20];
  char* const end = digits + sizeof digits;
  char* first = end;
  uint64_t rest = number < 0 ? 0u - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
  do {
    *--first = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (number < 0) *--first = '-';
  return append(bytes, most, size, first, static_cast<int>(end - first));
}

}  // namespace evse::ocpp
