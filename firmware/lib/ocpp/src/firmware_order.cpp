#include "ocpp/firmware_order.h"

#include "ocpp/bytes.h"

namespace evse::ocpp {

namespace {

constexpr int kKeyAt = kFirmwareSourceAt + 2 + kLocation;
constexpr int kSignatureAt = kKeyAt + 2 + kSignerKey;
static_assert(kFirmwareSourceBytes == 2 + kLocation + 2 + kSignerKey + 2 + kSignature,
              "URL, key, signature, each with its length");

// One field with its length before it.
bool write(hal::Fram& fram, int at, const uint8_t* bytes, int size) {
  const uint8_t length[2] = {static_cast<uint8_t>(size), static_cast<uint8_t>(size >> 8)};
  return fram.write(at, length, 2) && fram.write(at + 2, bytes, size);
}

bool read(hal::Fram& fram, int at, uint8_t* bytes, int capacity, int& size) {
  uint8_t length[2];
  if (!fram.read(at, length, 2)) return false;
  size = length[0] | length[1] << 8;
  return size <= capacity && fram.read(at + 2, bytes, size);
}

}  // namespace

bool FirmwareOrderStore::power_on(FirmwareOrder& order) {
  uint8_t data[kFirmwareOrderBytes];
  if (!record_.load(data)) return true;
  BytesIn in(data);
  order.stage = static_cast<FirmwareStage>(in.u8());
  order.is_signed = in.u8() != 0;
  order.request.given = in.u8() != 0;
  order.request.id = in.i32();
  order.retrieve_utc_us = in.i64();
  order.install_utc_us = in.i64();
  order.attempts_left = in.i32();
  order.retry_interval_s = in.i32();
  order.slot = in.u8();
  crc_ = in.u32();
  uint32_t crc = 0;
  return order.stage == FirmwareStage::None || (checksum(crc) && crc == crc_);
}

bool FirmwareOrderStore::save(const FirmwareOrder& order) {
  uint8_t data[kFirmwareOrderBytes];
  BytesOut(data)
      .u8(static_cast<uint8_t>(order.stage))
      .u8(order.is_signed ? 1 : 0)
      .u8(order.request.given ? 1 : 0)
      .i32(order.request.id)
      .i64(order.retrieve_utc_us)
      .i64(order.install_utc_us)
      .i32(order.attempts_left)
      .i32(order.retry_interval_s)
      .u8(order.slot)
      .u32(crc_);
  return record_.save(data);
}

bool FirmwareOrderStore::save(const FirmwareOrder& order, const FirmwareSource& source) {
  const auto* location = reinterpret_cast<const uint8_t*>(source.location.get());
  uint32_t crc = 0;
  if (!write(fram_, kFirmwareSourceAt, location, source.location.size()) ||
      !write(fram_, kKeyAt, source.key, source.key_size) ||
      !write(fram_, kSignatureAt, source.signature, source.signature_size) || !checksum(crc)) {
    return false;
  }
  crc_ = crc;
  return save(order);
}

bool FirmwareOrderStore::source(FirmwareSource& source) {
  char location[kLocation];
  int size = 0;
  if (!read(fram_, kFirmwareSourceAt, reinterpret_cast<uint8_t*>(location), kLocation, size)) {
    return false;
  }
  source.location.clear();
  source.location.add(location, size);
  return read(fram_, kKeyAt, source.key, kSignerKey, source.key_size) &&
         read(fram_, kSignatureAt, source.signature, kSignature, source.signature_size);
}

// Over all of it, with what is left of longer ones before.
bool FirmwareOrderStore::checksum(uint32_t& crc) {
  crc = 0;
  for (int at = 0; at < kFirmwareSourceBytes; at += 64) {
    uint8_t piece[64];
    const int size = kFirmwareSourceBytes - at < 64 ? kFirmwareSourceBytes - at : 64;
    if (!fram_.read(kFirmwareSourceAt + at, piece, size)) return false;
    crc = store::crc32(piece, size, crc);
  }
  return true;
}

}  // namespace evse::ocpp
