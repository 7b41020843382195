#include "MeteringChip.h"

namespace evse::esp32 {

namespace {

constexpr uint8_t kDevice = 0x38;
// ADE7953 data sheet, "Registers". The required setting is written behind an unlocking write.
constexpr uint16_t kUnlock = 0x0FE;
constexpr uint32_t kUnlockValue = 0xAD;
constexpr uint16_t kRequired = 0x120;
constexpr uint32_t kRequiredValue = 0x0030;
constexpr uint16_t kRegister[] = {0x31C, 0x31A, 0x312, 0x10E};  // VRMS, IRMSA, AWATT, Period
constexpr int kBytes[] = {4, 4, 4, 2};
constexpr uint32_t kPeriodHz = 223750;  // Period counts in these
// Full scale of VRMS and IRMS, and what AWATT shows when both are full.
constexpr int64_t kFullRms = 9032007;
constexpr int64_t kFullWatt = 4862401;
constexpr uint64_t kStaleUs = 50000;
constexpr int64_t kPwsInMws = 1000000000;

// Root mean squares as if from codes of 2,048 full scale peak, so that scales mean the same.
int64_t codes_e3(uint32_t rms) { return static_cast<int64_t>(rms) * 1448155 / kFullRms; }

}  // namespace

bool MeteringChip::begin() {
  return write_register(kUnlock, 1, kUnlockValue) && write_register(kRequired, 2, kRequiredValue);
}

bool MeteringChip::read_register(uint16_t address, int bytes, uint32_t& value) {
  uint8_t data[4];
  if (!bus_.read(kDevice, address, data, bytes)) return false;
  value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | data[i];
  return true;
}

bool MeteringChip::write_register(uint16_t address, int bytes, uint32_t value) {
  uint8_t data[4];
  for (int i = 0; i < bytes; ++i) data[i] = static_cast<uint8_t>(value >> (8 * (bytes - 1 - i)));
  return bus_.write(kDevice, address, data, bytes);
}

void MeteringChip::poll(uint64_t now_us) {
  if (!read_register(kRegister[step_], kBytes[step_], raw_[step_])) return;  // Age tells.
  if (++step_ < kSteps) return;
  step_ = kVoltage;
  if (whole_us_ != 0) {
    // 32 bits on the wire are 24 with their sign extended.
    const int64_t watt = static_cast<int32_t>(raw_[kPower]);
    const int64_t full_nw = static_cast<int64_t>(scale_.voltage_uv) * scale_.current_ua / 1000 *
                            1448 * 1448;
    const int64_t power_uw = full_nw / 1000 * watt / kFullWatt;
    const int64_t energy_pws = rest_pws_ + power_uw * static_cast<int64_t>(now_us - whole_us_);
    energy_mws_ += energy_pws / kPwsInMws;
    rest_pws_ = energy_pws % kPwsInMws;
  }
  whole_us_ = now_us;
}

void MeteringChip::read(uint64_t now_us, Inputs& in) const {
  const bool there = whole_us_ != 0 && now_us - whole_us_ <= kStaleUs;
  const int64_t mv = codes_e3(raw_[kVoltage]) * scale_.voltage_uv / 1000000;
  const int64_t ma = codes_e3(raw_[kCurrent]) * scale_.current_ua / 1000000;
  const int64_t watt = static_cast<int32_t>(raw_[kPower]);
  const int64_t full_mw = static_cast<int64_t>(scale_.voltage_uv) * scale_.current_ua / 1000 *
                          1448 / 1000 * 1448 / 1000;
  in.cycle_n[0] = there ? 1 : 0;
  in.cycle_v2_e3[0] = there ? mv * mv / 1000 : 0;
  in.cycle_i2_e6[0] = there ? ma * ma : 0;
  in.cycle_vi_e3[0] = there ? full_mw * watt / kFullWatt : 0;
  in.total_vi_mws[0] = energy_mws_;
  in.frequency_mhz =
      there ? static_cast<int32_t>(1000ull * kPeriodHz / (raw_[kPeriod] + 1)) : 0;
}

}  // namespace evse::esp32
