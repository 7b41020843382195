#include "AnalogInputs.h"

#include <driver/adc.h>

#include "front_end/thermistor.h"

namespace evse::esp32 {

namespace {

#if CONFIG_IDF_TARGET_ESP32
constexpr adc_digi_output_format_t kFormat = ADC_DIGI_OUTPUT_FORMAT_TYPE1;
constexpr int kResultBytes = 2;
#else
constexpr adc_digi_output_format_t kFormat = ADC_DIGI_OUTPUT_FORMAT_TYPE2;
constexpr int kResultBytes = 4;
#endif

constexpr adc_atten_t kAttenuation = ADC_ATTEN_DB_11;
constexpr uint32_t kDefaultReferenceMv = 1100;
// The widest range in which calibration makes the converter straight (ESP-IDF: "suggested range").
// The front end maps ±15 V of the pilot, and the peaks of mains and current, onto it.
constexpr int32_t kLeastPinMv = 150;
constexpr int32_t kMostPinMv = 2450;

// The code is in bits 0...11; the channel in 12...15 (type 1) or 13...16 (type 2).
uint32_t channel_of(const uint8_t* sample) {
  if constexpr (kResultBytes == 2) return sample[1] >> 4;
  return static_cast<uint32_t>(sample[1] >> 5 | (sample[2] & 1) << 3);
}

int line_of(Signal signal, Signal first) {
  return static_cast<int>(signal) - static_cast<int>(first);
}

}  // namespace

AnalogInputs::AnalogInputs(const HardwareConfig& board)
    : board_(board),
      pilot_(board.pilot_sample_ns()),
      mains_(board.lines, board.current_lag_256ths()),
      by_channel_{} {
  for (int i = 0; i < board.pattern_length; ++i) {
    by_channel_[board.pattern[i].channel] = board.pattern[i].signal;
  }
}

bool AnalogInputs::begin() {
  adc_digi_pattern_config_t pattern[24] = {};
  adc_digi_init_config_t buffers = {};
  for (int i = 0; i < board_.pattern_length; ++i) {
    pattern[i].atten = kAttenuation;
    pattern[i].channel = board_.pattern[i].channel;
    pattern[i].unit = 0;  // ADC1
    pattern[i].bit_width = 12;
    buffers.adc1_chan_mask |= 1u << board_.pattern[i].channel;
  }
  // Half a millisecond a piece, so that a tick's reading is never older than that.
  const uint32_t piece = board_.samples_hz / 2000 / 4 * 4 * kResultBytes;
  buffers.conv_num_each_intr = piece;
  buffers.max_store_buf_size = 16 * piece;
  adc_digi_configuration_t converter = {};
  converter.conv_limit_en = kResultBytes == 2;  // The ESP32's I2S wants it (ESP-IDF's own example).
  converter.conv_limit_num = 250;
  converter.pattern_num = static_cast<uint32_t>(board_.pattern_length);
  converter.adc_pattern = pattern;
  converter.sample_freq_hz = board_.samples_hz;
  converter.conv_mode = ADC_CONV_SINGLE_UNIT_1;
  converter.format = kFormat;
  esp_adc_cal_characterize(ADC_UNIT_1, kAttenuation, ADC_WIDTH_BIT_12, kDefaultReferenceMv,
                           &calibration_);
  for (uint32_t code = 0; code < 4096; ++code) {
    const int32_t mv = static_cast<int32_t>(esp_adc_cal_raw_to_voltage(code, &calibration_));
    const int32_t code_of_span = (mv - kLeastPinMv) * 4095 / (kMostPinMv - kLeastPinMv);
    const int32_t clipped = code_of_span < 0 ? 0 : code_of_span > 4095 ? 4095 : code_of_span;
    straight_[code] = static_cast<uint16_t>(clipped);
  }
  return adc_digi_initialize(&buffers) == ESP_OK &&
         adc_digi_controller_configure(&converter) == ESP_OK && adc_digi_start() == ESP_OK;
}

void AnalogInputs::poll(uint64_t now_us) {
  for (;;) {
    uint32_t size = 0;
    const esp_err_t result = adc_digi_read_bytes(buffer_, kBytesAtOnce, &size, 0);
    // Samples that were lost because a tick came late are no matter; the rest are as good.
    if (result != ESP_OK && result != ESP_ERR_INVALID_STATE) return;
    if (size == 0) return;
    for (uint32_t at = 0; at + kResultBytes <= size; at += kResultBytes) {
      const uint8_t* sample = buffer_ + at;
      const uint32_t code = (sample[0] | static_cast<uint32_t>(sample[1]) << 8) & 0xFFF;
      take(by_channel_[channel_of(sample)], static_cast<uint16_t>(code), now_us);
    }
  }
}

void AnalogInputs::take(Signal signal, uint16_t code, uint64_t now_us) {
  switch (signal) {
    case Signal::Pilot:
      if (pilot_.feed(straight_[code])) pilot_us_ = now_us;
      return;
    case Signal::Voltage1:
    case Signal::Voltage2:
    case Signal::Voltage3:
      mains_.voltage(line_of(signal, Signal::Voltage1), straight_[code], now_us);
      return;
    case Signal::Current1:
    case Signal::Current2:
    case Signal::Current3:
      mains_.current(line_of(signal, Signal::Current1), straight_[code]);
      return;
    case Signal::Proximity:
    case Signal::TemperatureContactor:
    case Signal::TemperatureConnector: {
      uint32_t& smoothed = slow_16ths_[static_cast<int>(signal)];
      smoothed = smoothed == 0 ? code * 16u : smoothed - smoothed / 16 + code;
      return;
    }
    case Signal::None:
      return;
  }
}

uint32_t AnalogInputs::millivolt(Signal signal) const {
  return esp_adc_cal_raw_to_voltage(slow_16ths_[static_cast<int>(signal)] / 16, &calibration_);
}

void AnalogInputs::read(uint64_t now_us, Inputs& in) const {
  in.pilot_high_mv = pilot_.n_high() > 0 ? pilot_.high_mv() : 0;
  in.pilot_low_mv = pilot_.n_low() > 0 ? pilot_.low_mv() : 0;
  in.pilot_n_high = pilot_.n_high();
  in.pilot_n_low = pilot_.n_low();
  in.pilot_age_us = static_cast<uint32_t>(now_us - pilot_us_);
  if (!board_.metering_chip) mains_.read(now_us, in);
  // The front end halves what hangs from 3.3 V.
  in.proximity_mv = static_cast<uint16_t>(2 * millivolt(Signal::Proximity));
  int32_t contactor_cc = 0;
  int32_t connector_cc = 0;
  const bool one = slow_16ths_[static_cast<int>(Signal::TemperatureConnector)] == 0;
  const Signal second = one ? Signal::TemperatureContactor : Signal::TemperatureConnector;
  in.temperature_valid =
      front_end::thermistor_cc(2 * millivolt(Signal::TemperatureContactor), contactor_cc) &&
      front_end::thermistor_cc(2 * millivolt(second), connector_cc);
  in.temperature_contactor_cc = contactor_cc;
  in.temperature_connector_cc = connector_cc;
}

}  // namespace evse::esp32
