#include "FramI2c.h"

namespace evse::esp32 {

bool FramI2c::read(int address, uint8_t* data, int size) {
  if (!inside(address, size)) return false;
  while (size > 0) {
    const int piece = size < kPiece ? size : kPiece;
    bus_.beginTransmission(kDevice);
    bus_.write(static_cast<uint8_t>(address >> 8));
    bus_.write(static_cast<uint8_t>(address));
    if (bus_.endTransmission(false) != 0) return false;
    if (bus_.requestFrom(kDevice, static_cast<uint8_t>(piece)) != piece) return false;
    for (int i = 0; i < piece; ++i) *data++ = static_cast<uint8_t>(bus_.read());
    address += piece;
    size -= piece;
  }
  return true;
}

bool FramI2c::write(int address, const uint8_t* data, int size) {
  if (!inside(address, size)) return false;
  while (size > 0) {
    const int piece = size < kPiece ? size : kPiece;
    bus_.beginTransmission(kDevice);
    bus_.write(static_cast<uint8_t>(address >> 8));
    bus_.write(static_cast<uint8_t>(address));
    bus_.write(data, static_cast<size_t>(piece));
    if (bus_.endTransmission() != 0) return false;
    data += piece;
    address += piece;
    size -= piece;
  }
  return true;
}

}  // namespace evse::esp32
