// Who may have energy now: the business side's permission, and what withholds it.
#pragma once

#include <stdint.h>

#include "evse/sustained.h"
#include "hal/pins.h"
#include "hal/process.h"

namespace evse {

class Permission {
 public:
  void command(const Command& command);

  // `gone`: no vehicle is plugged in; `cable_gone`: nor a cable.
  void tick(const Inputs& in, bool gone, bool cable_gone);
  // A plain socket has no pilot: what flows says whether the vehicle has finished.
  void watch_plain(uint64_t now_us, uint32_t highest_ma, bool closed);

  bool given() const { return command_.permitted && !unlocking_ && !stopped_ && !finished_; }
  // The cable has to be kept.
  bool lock_wanted() const { return given() || (command_.hold_lock && !unlocking_); }
  const Command& command() const { return command_; }
  // True once for each acknowledgement.
  bool take_acknowledgement();

 private:
  Command command_;
  bool commanded_ = false;
  bool unlocking_ = false;     // somebody has asked for the cable
  bool stopped_ = false;       // the stop button has been pressed
  bool finished_ = false;      // nothing flows any more
  bool acknowledged_ = false;  // and not taken yet
  bool start_was_ = false;
  Sustained idle_;
};

}  // namespace evse
