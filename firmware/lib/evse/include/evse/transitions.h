// The charging process: which phase follows on what (IEC 61851-1 Annex A, Table A.6).
#pragma once

#include <stdint.h>

#include "hal/process.h"

namespace evse {

// What moves the process, in the order in which it is tried.
enum class Stimulus : uint8_t {
  FaultLatched,  // one that somebody has to end; from a closed contactor only if it opens now
  FaultHealing,  // one that ends by itself; likewise
  VehicleGone,   // state A
  FaultSoft,     // one that leaves the vehicle time
  Released,      // no fault, in service, state F is over and the pilot has been looked at
  OutOfService,
  PluggedIn,   // state B, C or D
  Withdrawn,   // no permission, no current, out of service, or other phases are wanted
  AsksNoMore,  // state B
  DrawnDown,   // the vehicle draws nothing any more, or has had its time
  Asked,       // state C, or D where there is ventilation
  Checked,     // all that closing waits for
  Offerable,   // permission and current for whoever is plugged in
};

constexpr int kPhases = 9;
constexpr int kStimuli = 13;

constexpr uint32_t stimulus_if(bool condition, Stimulus stimulus) {
  return condition ? 1u << static_cast<int>(stimulus) : 0;
}

// The phase that follows; the same one if nothing moves. `stimuli`: bits by `Stimulus`.
// `Released` leads to Plugged with `PluggedIn`, else to Idle.
Phase follows(Phase phase, uint32_t stimuli);

}  // namespace evse
