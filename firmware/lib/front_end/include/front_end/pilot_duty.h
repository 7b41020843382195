// The duty of the control pilot in steps of the chip's PWM timer.
#pragma once

#include <stdint.h>

namespace evse::front_end {

// 14 bits: 16,384 steps of 0.0061 points, where 0.1 is what we allow the commanded duty to be off
// (IEC 61851-1 Table A.5 has 1 point at the plug). It is the most that the LEDC timer has on an
// ESP32-S3 and an ESP32-C3 (the ESP32 has 20), and from 80 MHz it divides to exactly
// 1 kHz: 80 MHz / (1 kHz x 16,384) = 4.8828125 = 1250 / 256, and the divider counts 256ths.
// At 16 bits it would be 312.5 / 256, so 1.6 Hz off; at 10 bits one step is 0.098 points.
constexpr int kPilotDutyBits = 14;
constexpr uint32_t kPilotDutySteps = 1u << kPilotDutyBits;

// Rounded down: never offer more than was asked for. 1,000,000 ppm and more is +12 V steady.
constexpr uint32_t pilot_duty_steps(int32_t duty_ppm) {
  if (duty_ppm <= 0) return 0;
  if (duty_ppm >= 1000000) return kPilotDutySteps;
  return static_cast<uint32_t>(static_cast<uint64_t>(duty_ppm) * kPilotDutySteps / 1000000);
}

}  // namespace evse::front_end
