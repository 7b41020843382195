// Texts of bounded length, without a heap.
#pragma once

#include <stdint.h>
#include <string.h>

namespace evse::ocpp {

inline char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// CiString: id tags and names of configuration keys are equal in any case (OCPP 1.6 section 7).
bool equal_folded(const char* a, const char* b);

inline bool equal(const char* a, const char* b) { return strcmp(a, b) == 0; }

// Adds to `bytes`, of which `size` are there: what fits into `most`, with a NUL after it. False: not
// all of it does. Here, and not in the template, as there is a text of each length.
bool append(char* bytes, int most, uint16_t& size, const char* text, int count);
bool append(char* bytes, int most, uint16_t& size, int64_t number);

// Up to N bytes. `fits` turns false where something did not.
template <int N>
class Text {
  static_assert(N < UINT16_MAX, "its size has 16 bits");

 public:
  Text() = default;
  explicit Text(const char* text) { add(text); }

  const char* get() const { return bytes_; }
  int size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool fits() const { return !cut_; }

  void clear() {
    size_ = 0;
    bytes_[0] = '\0';
    cut_ = false;
  }
  void set(const char* text) {
    clear();
    add(text);
  }
  Text& add(const char* text) { return add(text, static_cast<int>(strlen(text))); }
  Text& add(const char* text, int size) {
    if (!append(bytes_, N, size_, text, size)) cut_ = true;
    return *this;
  }
  Text& put(char c) { return add(&c, 1); }
  Text& add(int64_t number) {
    if (!append(bytes_, N, size_, number)) cut_ = true;
    return *this;
  }
  bool is(const char* text) const { return equal_folded(bytes_, text); }

 private:
  char bytes_[N + 1] = {};
  bool cut_ = false;
  uint16_t size_ = 0;
};

}  // namespace evse::ocpp
