#include "store/record.h"

namespace evse::store {

namespace {

uint32_t load_u32(const uint8_t* p) {
  return static_cast<uint32_t>(p[0]) | static_cast<uint32_t>(p[1]) << 8 |
         static_cast<uint32_t>(p[2]) << 16 | static_cast<uint32_t>(p[3]) << 24;
}

void store_u32(uint8_t* p, uint32_t value) {
  for (int i = 0; i < 4; ++i) p[i] = static_cast<uint8_t>(value >> (8 * i));
}

bool is_blank(const uint8_t* bytes, int size) {
  if (bytes[0] != 0x00 && bytes[0] != 0xFF) return false;
  for (int i = 1; i < size; ++i) {
    if (bytes[i] != bytes[0]) return false;
  }
  return true;
}

}  // namespace

uint32_t crc32(const uint8_t* data, int size, uint32_t crc) {
  crc = ~crc;
  for (int i = 0; i < size; ++i) {
    crc ^= data[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
  }
  return ~crc;
}

Record::Record(hal::Fram& fram, int address, int size)
    : fram_(fram), address_(address), size_(size) {}

bool Record::read_slot(int slot, uint8_t* buffer, uint32_t& sequence, Found& found) {
  const int length = size_ + kOverhead;
  if (!fram_.read(address_ + slot * length, buffer, length)) {
    found = Found::Silence;
    return false;
  }
  if (crc32(buffer, size_ + 4) != load_u32(buffer + size_ + 4)) {
    if (found == Found::Blank && !is_blank(buffer, length)) found = Found::Damage;
    return false;
  }
  sequence = load_u32(buffer);
  return sequence != 0;  // A memory full of zeros has a valid checksum only by accident.
}

Found Record::look(uint8_t* data) {
  uint8_t buffer[kMaxData + kOverhead];
  Found found = Found::Blank;
  int newest = -1;
  unread_ = true;
  for (int slot = 0; slot < 2; ++slot) {
    uint32_t sequence = 0;
    const bool valid = read_slot(slot, buffer, sequence, found);
    // Of a slot that does not answer nobody knows whether it is the later one.
    if (found == Found::Silence) return found;
    // The difference, not the order: sequence numbers wrap around.
    if (!valid || (newest >= 0 && static_cast<int32_t>(sequence - next_sequence_) < 0)) continue;
    newest = slot;
    next_sequence_ = sequence == UINT32_MAX ? 1 : sequence + 1;
    next_slot_ = 1 - slot;
  }
  if (newest == 0) {
    uint32_t sequence = 0;
    if (!read_slot(0, buffer, sequence, found)) return Found::Silence;
  }
  unread_ = false;
  if (newest < 0) return found;
  for (int i = 0; i < size_; ++i) data[i] = buffer[4 + i];
  return Found::Record;
}

bool Record::save(const uint8_t* data) {
  uint8_t buffer[kMaxData + kOverhead];
  // Without the number of what is there the old would count as the later one.
  if (unread_ && look(buffer) == Found::Silence) return false;
  store_u32(buffer, next_sequence_);
  for (int i = 0; i < size_; ++i) buffer[4 + i] = data[i];
  store_u32(buffer + size_ + 4, crc32(buffer, size_ + 4));
  if (!fram_.write(address_ + next_slot_ * (size_ + kOverhead), buffer, size_ + kOverhead)) {
    return false;
  }
  next_slot_ = 1 - next_slot_;
  next_sequence_ = next_sequence_ == UINT32_MAX ? 1 : next_sequence_ + 1;
  return true;
}

}  // namespace evse::store
