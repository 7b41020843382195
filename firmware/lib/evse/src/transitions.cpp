#include "evse/transitions.h"

namespace evse {

namespace {

struct Move {
  Phase from;
  Stimulus on;
  Phase to;
};

using P = Phase;
using S = Stimulus;

// By phase, and by the order of stimuli. What is not here does not move.
constexpr Move kMoves[] = {
    // Table A.5 state F: not available.
    {P::Unavailable, S::FaultLatched, P::Faulted},
    {P::Unavailable, S::FaultHealing, P::Recovering},
    {P::Unavailable, S::Released, P::Idle},

    // Table A.6 sequence 1: a vehicle is plugged in.
    {P::Idle, S::FaultLatched, P::Faulted},
    {P::Idle, S::FaultHealing, P::Recovering},
    {P::Idle, S::OutOfService, P::Unavailable},
    {P::Idle, S::PluggedIn, P::Plugged},

    // Sequence 2: unplugged; sequence 3: PWM on.
    {P::Plugged, S::FaultLatched, P::Faulted},
    {P::Plugged, S::FaultHealing, P::Recovering},
    {P::Plugged, S::VehicleGone, P::Idle},
    {P::Plugged, S::OutOfService, P::Unavailable},
    {P::Plugged, S::Offerable, P::Offering},

    // Sequence 9: PWM off; sequence 4: the vehicle asks.
    {P::Offering, S::FaultLatched, P::Faulted},
    {P::Offering, S::FaultHealing, P::Recovering},
    {P::Offering, S::VehicleGone, P::Idle},
    {P::Offering, S::Withdrawn, P::Plugged},
    {P::Offering, S::Asked, P::Testing},

    // Sequence 4: closing, at most 3 s after the vehicle asks.
    {P::Testing, S::FaultLatched, P::Faulted},
    {P::Testing, S::FaultHealing, P::Recovering},
    {P::Testing, S::VehicleGone, P::Idle},
    {P::Testing, S::Withdrawn, P::Plugged},
    {P::Testing, S::AsksNoMore, P::Offering},
    {P::Testing, S::Checked, P::Charging},

    // Sequence 8.1: the vehicle stops or is pulled: open in 100 ms; sequence 10: the EVSE stops.
    {P::Charging, S::FaultLatched, P::Faulted},
    {P::Charging, S::FaultHealing, P::Recovering},
    {P::Charging, S::VehicleGone, P::Idle},
    {P::Charging, S::FaultSoft, P::Stopping},
    {P::Charging, S::Withdrawn, P::Stopping},
    {P::Charging, S::AsksNoMore, P::Offering},

    // Sequences 10.1 and 10.2: open without load, or after 6 s.
    {P::Stopping, S::FaultLatched, P::Faulted},
    {P::Stopping, S::FaultHealing, P::Recovering},
    {P::Stopping, S::VehicleGone, P::Idle},
    {P::Stopping, S::DrawnDown, P::Plugged},

    // Policy: the way back from a fault.
    {P::Recovering, S::FaultLatched, P::Faulted},
    {P::Recovering, S::Released, P::Idle},
    {P::Recovering, S::OutOfService, P::Unavailable},
    {P::Faulted, S::FaultHealing, P::Recovering},
    {P::Faulted, S::Released, P::Idle},
    {P::Faulted, S::OutOfService, P::Unavailable},
};

constexpr uint8_t kStay = 0xFF;

struct Table {
  uint8_t next[kPhases][kStimuli]{};
  uint32_t moving[kPhases]{};  // the stimuli that move a phase

  constexpr Table() {
    for (auto& row : next) {
      for (uint8_t& to : row) to = kStay;
    }
    for (const Move& move : kMoves) {
      const int from = static_cast<int>(move.from);
      const int on = static_cast<int>(move.on);
      next[from][on] = static_cast<uint8_t>(move.to);
      moving[from] |= 1u << on;
    }
    // A fault that stays is not left for one that heals.
    moving[static_cast<int>(P::Faulted)] |= stimulus_if(true, S::FaultLatched);
    next[static_cast<int>(P::Faulted)][static_cast<int>(S::FaultLatched)] =
        static_cast<uint8_t>(P::Faulted);
    moving[static_cast<int>(P::Recovering)] |= stimulus_if(true, S::FaultHealing);
    next[static_cast<int>(P::Recovering)][static_cast<int>(S::FaultHealing)] =
        static_cast<uint8_t>(P::Recovering);
  }
};

constexpr Table kTable;

}  // namespace

Phase follows(Phase phase, uint32_t stimuli) {
  const uint32_t moving = stimuli & kTable.moving[static_cast<int>(phase)];
  if (moving == 0) return phase;
  const int first = __builtin_ctz(moving);
  if (first == static_cast<int>(S::Released)) {
    return (stimuli & stimulus_if(true, S::PluggedIn)) != 0 ? P::Plugged : P::Idle;
  }
  return static_cast<Phase>(kTable.next[static_cast<int>(phase)][first]);
}

}  // namespace evse
