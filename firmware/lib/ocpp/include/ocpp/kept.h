// Small things that survive a restart: who is out of operation, and why the charger restarts.
#pragma once

#include "hal/fram.h"
#include "ocpp/layout.h"
#include "ocpp/transaction.h"

namespace evse::ocpp {

class Kept {
 public:
  explicit Kept(hal::Fram& fram) : record_(fram, kStateAt, kStateBytes) {}

  void power_on();
  // Bit 0: the charge point itself; bit n: connector n.
  uint8_t inoperative() const { return inoperative_; }
  bool set_inoperative(uint8_t bits);
  // Why transactions that are open at the next boot have ended; None: the power was cut.
  StopReason reset_reason() const { return reason_; }
  bool set_reset_reason(StopReason reason);

 private:
  bool save(uint8_t inoperative, StopReason reason);

  store::Record record_;
  uint8_t inoperative_ = 0;
  StopReason reason_ = StopReason::None;
};

}  // namespace evse::ocpp
