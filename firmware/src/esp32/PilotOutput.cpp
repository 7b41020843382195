#include "PilotOutput.h"

#include <driver/ledc.h>

#include "front_end/pilot_duty.h"

namespace evse::esp32 {

namespace {

constexpr ledc_mode_t kMode = LEDC_LOW_SPEED_MODE;  // The one that all three chips have.
constexpr ledc_timer_t kTimer = LEDC_TIMER_0;
constexpr ledc_channel_t kChannel = LEDC_CHANNEL_0;
constexpr uint32_t kPwmHz = 1000;  // IEC 61851-1 Table A.2

static_assert(front_end::kPilotDutyBits == 14, "LEDC_TIMER_14_BIT below");

uint32_t steps_of(PilotMode mode, int32_t duty_ppm) {
  switch (mode) {
    case PilotMode::SteadyPositive:
      return front_end::kPilotDutySteps;
    case PilotMode::SteadyNegative:
      return 0;
    case PilotMode::Pwm:
      return front_end::pilot_duty_steps(duty_ppm);
  }
  return front_end::kPilotDutySteps;
}

}  // namespace

bool PilotOutput::begin(int pin) {
  ledc_timer_config_t timer = {};
  timer.speed_mode = kMode;
  timer.duty_resolution = LEDC_TIMER_14_BIT;
  timer.timer_num = kTimer;
  timer.freq_hz = kPwmHz;
  timer.clk_cfg = LEDC_USE_APB_CLK;  // 80 MHz, of which the division is exact.
  if (ledc_timer_config(&timer) != ESP_OK) return false;
  ledc_channel_config_t channel = {};
  channel.gpio_num = pin;
  channel.speed_mode = kMode;
  channel.channel = kChannel;
  channel.timer_sel = kTimer;
  channel.duty = front_end::kPilotDutySteps - 1;
  steps_ = front_end::kPilotDutySteps;
  return ledc_channel_config(&channel) == ESP_OK && set(steps_);
}

// Steady is a channel that is stopped at a level: a duty of all steps overflows the counter where
// the timer has its most bits, which 14 are on an ESP32-S3 and an ESP32-C3 (ESP-IDF, "LED Control",
// "Change PWM Duty Cycle").
bool PilotOutput::set(uint32_t steps) {
  const bool high = steps >= front_end::kPilotDutySteps;
  if (steps == 0 || high) return ledc_stop(kMode, kChannel, high ? 1 : 0) == ESP_OK;
  return ledc_set_duty(kMode, kChannel, steps) == ESP_OK &&
         ledc_update_duty(kMode, kChannel) == ESP_OK;
}

void PilotOutput::drive(PilotMode mode, int32_t duty_ppm) {
  const uint32_t steps = steps_of(mode, duty_ppm);
  if (steps == steps_) return;
  // A refused write is tried again in the next tick.
  if (set(steps)) steps_ = steps;
}

}  // namespace evse::esp32
