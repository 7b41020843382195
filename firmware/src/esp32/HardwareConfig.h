// The boards: which pin does what, and what is fitted. The one file to change for your board.
//
// Digital inputs are active high behind the front-end card, buttons active low with pull-ups.
// -1: not fitted. Pins that a chip samples at reset are used only for what idles at the level
// that the chip wants to see then.
#pragma once

#include <stdint.h>

#include "hal/process.h"

namespace evse::esp32 {

// What the chip's own converter samples (ADC1; ADC2 is not to be had beside Wi-Fi).
enum class Signal : uint8_t {
  None,
  Pilot,
  Voltage1,
  Voltage2,
  Voltage3,
  Current1,
  Current2,
  Current3,
  Proximity,
  TemperatureContactor,
  TemperatureConnector,
};
constexpr int kSignals = 11;

struct AnalogPin {
  Signal signal = Signal::None;
  uint8_t channel = 0;  // of ADC1
};

struct HardwareConfig {
  Hardware charger;
  int lines = 1;               // phases that are measured
  bool metering_chip = false;  // ADE7953 on the memory's I2C bus, not the chip's own converter
  bool second_i2c_bus = false;  // the display has its own
  uint32_t fram_i2c_hz = 400000;

  int8_t pilot_pwm = -1;
  int8_t contactor_main = -1, contactor_l2l3 = -1;
  int8_t lock = -1, lock_feedback = -1;
  int8_t residual_test = -1, residual_trip = -1;
  int8_t ventilation = -1;
  int8_t mirror_main = -1, mirror_l2l3 = -1;
  int8_t earth_sense = -1, supply_present = -1;
  int8_t button_start = -1, button_stop = -1;
  int8_t led = -1;
  int8_t fram_sda = -1, fram_scl = -1;
  int8_t lcd_sda = -1, lcd_scl = -1;
  int8_t spi_sck = -1, spi_miso = -1, spi_mosi = -1, rfid_cs = -1;

  // The order in which the converter samples, over and over, and how fast.
  uint32_t samples_hz = 83333;
  int pattern_length = 0;
  AnalogPin pattern[24]{};

  uint8_t lcd_columns = 16, lcd_rows = 2;  // or 20, 4: two lines are written

  constexpr uint32_t pilot_sample_ns() const {
    uint32_t pilots = 0;
    for (int i = 0; i < pattern_length; ++i) pilots += pattern[i].signal == Signal::Pilot;
    const uint64_t round_ns = 1000000000ull * static_cast<uint32_t>(pattern_length) / samples_hz;
    return pilots == 0 ? UINT32_MAX : static_cast<uint32_t>(round_ns / pilots);
  }

  // How much later than its voltage a current is sampled, in 256ths of their common period.
  constexpr uint32_t current_lag_256ths() const {
    int first = -1, second = -1, current = -1, n = 0;
    for (int i = 0; i < 2 * pattern_length; ++i) {
      const Signal signal = pattern[i % pattern_length].signal;
      if (signal == Signal::Voltage1 && n++ < 2) (first < 0 ? first : second) = i;
      if (signal == Signal::Current1 && first >= 0 && current < 0) current = i;
    }
    return second < 0 || current < 0 ? 0 : static_cast<uint32_t>(256 * (current - first) / (second - first));
  }
};

#if CONFIG_IDF_TARGET_ESP32S3

// A socket with three phases. 83,333 samples a second are what the converter of this chip gives
// (ESP-IDF, SOC_ADC_SAMPLE_FREQ_THRES_HIGH): the pilot each 24 µs, a line each 216.
// A module without octal PSRAM: that would need pins 35 to 37.
constexpr HardwareConfig kHardware = {
    {Kind::Socket, 32000, 3, true, true},
    3, false, true, 1000000,
    11, 12, 13, 14, 21, 15, 40, 16, 17, 18, 38, 39, 0, 41, 48, 42, 47, 35, 36, 19, 20, 37, 46,
    83333, 18,
    {{Signal::Pilot, 0}, {Signal::Voltage1, 1}, {Signal::Pilot, 0}, {Signal::Current1, 4},
     {Signal::Pilot, 0}, {Signal::Voltage2, 2}, {Signal::Pilot, 0}, {Signal::Current2, 5},
     {Signal::Pilot, 0}, {Signal::Voltage3, 3}, {Signal::Pilot, 0}, {Signal::Current3, 6},
     {Signal::Pilot, 0}, {Signal::Proximity, 7}, {Signal::Pilot, 0},
     {Signal::TemperatureContactor, 8}, {Signal::Pilot, 0}, {Signal::TemperatureConnector, 9}},
};

#elif CONFIG_IDF_TARGET_ESP32C3

// A fixed cable with one phase. Five channels of ADC1 and few pins: a metering chip measures the
// mains, there is one I2C bus and so no display, and one thermistor watches both places.
// Supply sense sits on pin 2, which has to be high at reset: a charger that is powered from
// its mains starts; one whose mains is away when it is reset waits, and nothing can close.
constexpr HardwareConfig kHardware = {
    {Kind::Tethered, 32000, 1, false, false},
    1, true, false, 400000,
    4, 5, -1, -1, -1, 6, 3, -1, 7, -1, 10, 2, 9, -1, 8, 18, 19, -1, -1, -1, -1, -1, -1,
    83333, 8,
    {{Signal::Pilot, 0}, {Signal::Pilot, 0}, {Signal::Pilot, 0}, {Signal::Pilot, 0},
     {Signal::Pilot, 0}, {Signal::Pilot, 0}, {Signal::Pilot, 0},
     {Signal::TemperatureContactor, 1}},
};

#else

// ESP32: a fixed cable with one phase. Of ADC1 a module brings out six channels.
constexpr HardwareConfig kHardware = {
    {Kind::Tethered, 32000, 1, false, false},
    1, false, true, 1000000,
    25, 26, -1, -1, -1, 14, 17, -1, 13, -1, 4, 16, 0, 35, 2, 21, 22, 27, 15, 18, 19, 23, 5,
    166666, 16,
    {{Signal::Pilot, 0}, {Signal::Voltage1, 3}, {Signal::Pilot, 0}, {Signal::Current1, 6},
     {Signal::Pilot, 0}, {Signal::TemperatureContactor, 4}, {Signal::Pilot, 0},
     {Signal::TemperatureConnector, 5}, {Signal::Pilot, 0}, {Signal::Voltage1, 3},
     {Signal::Pilot, 0}, {Signal::Current1, 6}, {Signal::Pilot, 0},
     {Signal::TemperatureContactor, 4}, {Signal::Pilot, 0}, {Signal::TemperatureConnector, 5}},
};

#endif

// The lower plateau of 96 % is 40 µs long, of 89.2 % (63 A) 108 µs.
static_assert(kHardware.pilot_sample_ns() <= 20000 ||
                  (kHardware.pilot_sample_ns() <= 25000 && kHardware.charger.rating_ma <= 63000),
              "the pilot is sampled too seldom for this rating: see PilotSampler");

}  // namespace evse::esp32
