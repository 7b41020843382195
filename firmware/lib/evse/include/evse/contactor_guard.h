// Does a contactor do what its coil says? Its mirror contact knows (IEC 60947-4-1 Annex F).
#pragma once

#include <stdint.h>

#include "evse/limits.h"
#include "evse/sustained.h"

namespace evse {

class ContactorGuard {
 public:
  // `coil`: as driven; `open`: the mirror contact; `supplied`: there is something to close with.
  void tick(uint64_t now_us, bool coil, bool open, bool supplied) {
    if (coil != coil_) {
      coil_ = coil;
      closed_.clear();
      open_.clear();
    }
    welded_ = closed_.lasts(!coil && !open, now_us, kWeldedUs);
    stuck_open_ = open_.lasts(coil && open && supplied, now_us, kStuckOpenUs);
  }

  bool welded() const { return welded_; }
  bool stuck_open() const { return stuck_open_; }

 private:
  Sustained closed_;
  Sustained open_;
  bool coil_ = false;
  bool welded_ = false;
  bool stuck_open_ = false;
};

}  // namespace evse
