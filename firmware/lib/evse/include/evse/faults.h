// What is held against the circuit, and how each fault ends.
#pragma once

#include <stdint.h>

#include "evse/fault_bits.h"
#include "evse/limits.h"
#include "evse/memory.h"

namespace evse {

// End by themselves once the cause has been gone for 10 s, three times in ten minutes.
constexpr uint32_t kHealing =
    bits(FaultCode::PilotShorted, FaultCode::ProximityInvalid, FaultCode::EarthLost,
         FaultCode::OverCurrent, FaultCode::UnderVoltage, FaultCode::OverVoltage,
         FaultCode::PhaseLost, FaultCode::NeutralLost, FaultCode::SensorLost, FaultCode::LockFailed,
         FaultCode::VentilationUnavailable);
// Ends by itself with its cause.
constexpr uint32_t kCooling = bit(FaultCode::OverTemperature);
// End when the vehicle goes.
constexpr uint32_t kUnplugged =
    bits(FaultCode::DiodeMissing, FaultCode::ResidualCurrent, FaultCode::ResidualTestFailed,
         FaultCode::ContactorStuckOpen, FaultCode::ShortCircuit);
// Ends when somebody acknowledges it, as any does whose cause is gone.
constexpr uint32_t kAcknowledged = bit(FaultCode::ContactorWelded);
// Faults of the installation: another vehicle would meet the same.
constexpr uint32_t kOfInstallation = bits(
    FaultCode::EarthLost, FaultCode::OverTemperature, FaultCode::UnderVoltage,
    FaultCode::OverVoltage, FaultCode::PhaseLost, FaultCode::NeutralLost, FaultCode::SensorLost);
// Leave the vehicle time to stop drawing before the contactor opens.
constexpr uint32_t kSoft =
    bits(FaultCode::OverCurrent, FaultCode::OverTemperature, FaultCode::UnderVoltage,
         FaultCode::OverVoltage, FaultCode::LockFailed, FaultCode::VentilationUnavailable);
// All others show state F.
constexpr uint32_t kWithoutStateF = kSoft;

static_assert((kHealing | kCooling | kUnplugged | kAcknowledged) == (1u << kFaults) - 1,
              "every fault ends in one way");
static_assert((kHealing & (kUnplugged | kCooling)) == 0 && (kUnplugged & kAcknowledged) == 0,
              "every fault ends in one way");

class Faults {
 public:
  void reset(uint64_t now_us, const Memory& memory);

  // `causes`: what holds now. `gone`: no vehicle is there. `acknowledged`: by somebody, now.
  void tick(uint64_t now_us, uint32_t causes, bool gone, bool acknowledged);

  uint32_t held() const { return held_; }
  // Ends by itself.
  uint32_t healing() const { return held_ & (kHealing | kCooling) & ~latched_; }
  // Ends when somebody does something.
  uint32_t latched() const { return held_ & ~healing(); }
  uint32_t at_once() const { return held_ & ~kSoft; }
  uint32_t soft() const { return held_ & kSoft; }
  const FaultEntry* log() const { return log_; }

 private:
  enum class End : uint8_t { Not, Healed, ByPeople };

  void raise(int number, uint64_t now_us);
  End ends(int number, uint64_t now_us, bool gone, bool acknowledged) const;
  bool retries_used_up(int number, uint64_t now_us) const;

  uint32_t held_ = 0;
  uint32_t causes_ = 0;   // of the held ones, in the last tick
  uint32_t latched_ = 0;  // healing ones whose retries are used up
  uint64_t reset_us_ = 0;
  uint64_t gone_us_[kFaults]{};              // since when the cause is gone
  uint64_t healed_us_[kFaults][kRetries]{};  // when it has healed last; 0: never
  FaultEntry log_[Memory::kLog];
};

}  // namespace evse
