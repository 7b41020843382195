// The charging process of one EVSE at its pins (IEC 61851-1 mode 3): what is ticked at 1 kHz.
//
// Portable: integers only, no heap, nothing but the pins. A tick looks (what do the pins show,
// what is held against the circuit), moves (which phase follows) and drives (what do the outputs
// show in this phase), until nothing moves any more.
#pragma once

#include <stdint.h>

#include "evse/contactor_guard.h"
#include "evse/cycles.h"
#include "evse/diode.h"
#include "evse/display.h"
#include "evse/faults.h"
#include "evse/lock.h"
#include "evse/memory.h"
#include "evse/meter.h"
#include "evse/offer.h"
#include "evse/overcurrent.h"
#include "evse/permission.h"
#include "evse/pilot.h"
#include "evse/proximity.h"
#include "evse/residual.h"
#include "evse/sensors.h"
#include "evse/supply.h"
#include "evse/sustained.h"
#include "evse/temperature.h"
#include "evse/wake_up.h"
#include "hal/pins.h"
#include "hal/process.h"

namespace evse {

class Controller {
 public:
  explicit Controller(const Hardware& hardware);

  // Start afresh, from what non-volatile memory holds. The command stays.
  void reset(uint64_t now_us, const Memory& memory);

  // One control tick. Ticks are 1 ms apart; one that comes late reacts late, and no worse.
  const Outputs& tick(uint64_t now_us, const Inputs& in);

  // What the business side asks for. Levels: it holds until changed.
  void command(const Command& command) { permission_.command(command); }

  // What is driven since the last tick.
  const Outputs& outputs() const { return outputs_; }

  const Report& report() const { return report_; }
  // Raised by every tick that changes anything in the report but measured values (energy,
  // voltage, current, power, frequency, temperature).
  uint32_t revision() const { return revision_; }

  // What non-volatile memory has to hold.
  Memory memory() const;
  // Raised by every tick after which memory has to be saved: an opening, a fault, and every few
  // seconds while the register moves.
  uint32_t memory_revision() const { return memory_revision_; }

 private:
  // What of the circuit decides, filtered; of a plain socket what its permission says.
  struct View {
    PilotState state = PilotState::A;
    bool vehicle = false;  // state B, C or D
    bool gone = false;     // state A has been seen
    bool looked = false;   // since the pilot last could not be looked at
  };

  void observe(const Inputs& in);
  void watch(const Inputs& in);
  uint32_t causes() const;
  uint32_t look(const Inputs& in);
  uint32_t look_at_offer(const Inputs& in);
  bool checked(const Inputs& in);
  bool drawn_down();
  void move(Phase next);
  void drive(const Inputs& in);
  void drive_pilot();
  PilotMode pilot_mode() const;
  void test_residual(const Inputs& in);
  void save_if_due();
  void tell(const Inputs& in);
  void tell_measured(const Inputs& in);

  bool plain() const { return hardware_.kind == Kind::Plain; }
  bool socket() const { return hardware_.kind == Kind::Socket; }
  bool offering() const;
  bool opens_at_once() const;
  bool closing() const { return phase_ == Phase::Charging || phase_ == Phase::Stopping; }
  bool faulted() const { return phase_ == Phase::Recovering || phase_ == Phase::Faulted; }
  bool mirrors_open(const Inputs& in) const;
  uint8_t wanted_phases() const;
  uint32_t target_ma() const;

  Hardware hardware_;
  int lines_;

  Permission permission_;
  Cycles cycles_;
  Pilot pilot_;
  Diode diode_;
  Proximity proximity_;
  Temperature temperature_;
  Sensors sensors_;
  Supply supply_;
  Residual residual_;
  ContactorGuard main_guard_;
  ContactorGuard l2l3_guard_;
  OverCurrent over_current_;
  Lock lock_;
  Meter meter_;
  Offer offer_;
  WakeUp wake_up_;
  Faults faults_;
  Display display_;

  uint64_t now_us_ = 0;
  View view_;
  Phase phase_ = Phase::Idle;
  uint64_t phase_us_ = 0;        // since when
  uint64_t steady_us_ = 0;       // since when the pilot is steady +12 V
  uint64_t state_f_us_ = 0;      // since when it is, or was last, in state F
  bool state_f_due_ = false;     // a fault wants it shown
  bool state_f_shown_ = false;   // for a fault, and its time is not over
  bool vehicle_saw_pwm_ = true;  // this vehicle, or one that was there before the reset
  bool test_due_ = false;        // an offer has begun, its self-test has not
  uint8_t offered_phases_ = 0;
  uint32_t target_ma_ = 0;  // what may be offered in this tick
  Sustained earth_lost_;
  Sustained ventilated_;
  bool ventilated_long_ = false;
  StopKind last_stop_ = StopKind::None;
  int64_t saved_mwh_ = 0;
  uint64_t saved_us_ = 0;
  uint32_t shown_cycle_ = 0;

  Outputs outputs_;
  Report report_;
  uint32_t revision_ = 0;
  uint32_t memory_revision_ = 0;
};

}  // namespace evse
