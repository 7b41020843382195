// A condition that counts only once it has held for some time.
#pragma once

#include <stdint.h>

namespace evse {

class Sustained {
 public:
  // True once `condition` has held at every call for `for_us`, counted from the first of them,
  // and from then on until it holds no more.
  bool lasts(bool condition, uint64_t now_us, uint64_t for_us) {
    if (!condition) {
      clear();
      return false;
    }
    if (lasted_) return true;
    if (!holding_) {
      holding_ = true;
      since_us_ = now_us;
    }
    lasted_ = now_us - since_us_ >= for_us;
    return lasted_;
  }

  // What `lasts` has said last.
  bool lasted() const { return lasted_; }

  void clear() { holding_ = lasted_ = false; }

 private:
  uint64_t since_us_ = 0;
  bool holding_ = false;
  bool lasted_ = false;
};

}  // namespace evse
