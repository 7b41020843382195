// One EVSE of a charger: its charging process, and what that keeps over a power cut.
#pragma once

#include <stdint.h>

#include "evse/controller.h"
#include "hal/fram.h"
#include "store/record.h"

namespace evse {

class Charger {
 public:
  // `seat`: which EVSE of the charger, from 0; each has its own place in the memory.
  Charger(hal::Fram& fram, const Hardware& hardware, int seat);

  // Start from non-volatile memory, and say what it held: without a record of it the register
  // begins at `register_mwh`. While a memory was silent at the start nothing is written to it until
  // the next one, so that its register is not lost.
  store::Found boot(uint64_t now_us, int64_t register_mwh);

  // One control tick: what is to be driven now.
  const Outputs& tick(uint64_t now_us, const Inputs& in) { return controller_.tick(now_us, in); }
  // Saves what that tick changed, where it is due. Called when the tick's outputs are driven: no
  // contactor waits for a memory.
  void keep(uint64_t now_us);

  void command(const Command& command) { controller_.command(command); }
  const Controller& controller() const { return controller_; }
  // Non-volatile memory did not take what was to be saved last, which is tried again; or it was
  // silent at the start.
  bool memory_fails() const { return memory_fails_; }

 private:
  void save(uint64_t now_us);

  Controller controller_;
  store::Record record_;
  uint32_t saved_revision_ = 0;
  bool memory_fails_ = false;
  bool unread_ = false;
  uint64_t tried_us_ = 0;
};

}  // namespace evse
