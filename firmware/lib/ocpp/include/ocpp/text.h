// Texts of bounded length, without a heap.
#pragma once

#include <stdint.h>
#include <string.h>

namespace evse::ocpp {

inline char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// CiString: id tags and names of configuration keys are equal in any case (OCPP 1.6 section 7).
inline bool equal_folded(const char* a, const char* b) {
  while (*a != '\0' && folded(*a) == folded(*b)) {
    ++a;
    ++b;
  }
  return folded(*a) == folded(*b);
}

inline bool equal(const char* a, const char* b) { return strcmp(a, b) == 0; }

// Up to N bytes. `fits` turns false where something did not.
template <int N>
class Text {
 public:
  Text() = default;
  explicit Text(const char* text) { add(text); }

  const char* get() const { return bytes_; }
  int size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool fits() const { return fits_; }

  void clear() {
    size_ = 0;
    bytes_[0] = '\0';
    fits_ = true;
  }
  void set(const char* text) {
    clear();
    add(text);
  }
  Text& add(const char* text) { return add(text, static_cast<int>(strlen(text))); }
  Text& add(const char* text, int size) {
    for (int i = 0; i < size; ++i) put(text[i]);
    return *this;
  }
  Text& put(char c) {
    if (size_ < N) {
      bytes_[size_++] = c;
      bytes_[size_] = '\0';
    } else {
      fits_ = false;
    }
    return *this;
  }
  Text& add(int64_t number) {
    char digits[20];
    int count = 0;
    uint64_t rest = number < 0 ? 0u - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
    do {
      digits[count++] = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    if (number < 0) put('-');
    while (count > 0) put(digits[--count]);
    return *this;
  }
  bool is(const char* text) const { return equal_folded(bytes_, text); }

 private:
  char bytes_[N + 1] = {};
  int size_ = 0;
  bool fits_ = true;
};

}  // namespace evse::ocpp
