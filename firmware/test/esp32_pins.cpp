// Prints what a board uses its pins for: what tests/firmware/test_esp32_sources.py checks.
#include <stdio.h>

#include "../src/esp32/HardwareConfig.h"

using evse::esp32::kHardware;

int main() {
  const struct {
    const char* use;
    int pin;
  } digital[] = {
      {"out pilot", kHardware.pilot_pwm},        {"out main", kHardware.contactor_main},
      {"out l2l3", kHardware.contactor_l2l3},    {"out lock", kHardware.lock},
      {"in lock", kHardware.lock_feedback},      {"out test", kHardware.residual_test},
      {"in trip", kHardware.residual_trip},      {"out ventilation", kHardware.ventilation},
      {"in mirror", kHardware.mirror_main},      {"in mirror2", kHardware.mirror_l2l3},
      {"in earth", kHardware.earth_sense},       {"in supply", kHardware.supply_present},
      {"in start", kHardware.button_start},      {"in stop", kHardware.button_stop},
      {"out led", kHardware.led},                {"out fram_sda", kHardware.fram_sda},
      {"out fram_scl", kHardware.fram_scl},      {"out lcd_sda", kHardware.lcd_sda},
      {"out lcd_scl", kHardware.lcd_scl},        {"out sck", kHardware.spi_sck},
      {"in miso", kHardware.spi_miso},           {"out mosi", kHardware.spi_mosi},
      {"out rfid_cs", kHardware.rfid_cs},
  };
  for (const auto& entry : digital) {
    if (entry.pin >= 0) printf("%s %d\n", entry.use, entry.pin);
  }
  for (int i = 0; i < kHardware.pattern_length; ++i) {
    printf("adc %d %d\n", static_cast<int>(kHardware.pattern[i].signal),
           kHardware.pattern[i].channel);
  }
  printf("pilot_sample_ns - %u\n", kHardware.pilot_sample_ns());
  printf("current_lag_256ths - %u\n", kHardware.current_lag_256ths());
  return 0;
}
