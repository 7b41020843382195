// What has to survive a reset and a power cut.
#pragma once

#include <stdint.h>

namespace evse {

// A fault as it is remembered for whoever opens the charger.
struct FaultEntry {
  uint8_t number = 0;     // of the fault's bit, plus one; 0: no entry
  uint32_t uptime_s = 0;  // since the reset before it
};

struct Memory {
  static constexpr int kLog = 8;

  int64_t energy_mwh = 0;  // the register
  // The metering converter's total (all lines) that belongs to `energy_mwh`. A reset leaves the
  // converter running, so what it has counted since is no loss; one that shows less began anew.
  int64_t converter_mws = -1;  // -1: not known
  bool welded = false;         // a welded contactor stays known until somebody acknowledges it
  FaultEntry log[kLog];        // the newest first
};

}  // namespace evse
