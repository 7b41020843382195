#include "RfidReader.h"

namespace evse::esp32 {

void RfidReader::poll(uint32_t now_ms) {
  if (read_ms_ != 0 && now_ms - read_ms_ < kAgainMs) return;
  if (!reader_.PICC_IsNewCardPresent() || !reader_.PICC_ReadCardSerial()) return;
  read_ms_ = now_ms;
  // Hexadecimal, as OCPP's idTag has it: 4, 7 or 10 bytes are at most its 20 characters.
  constexpr char kDigits[] = "0123456789ABCDEF";
  char tag_id[20] = {};
  char* digit = tag_id;
  for (int i = 0; i < reader_.uid.size && i < 10; ++i) {
    *digit++ = kDigits[reader_.uid.uidByte[i] >> 4];
    *digit++ = kDigits[reader_.uid.uidByte[i] & 0xF];
  }
  evse_.show_tag(tag_id);
  ocpp_.show_tag(tag_id);
  reader_.PICC_HaltA();
}

}  // namespace evse::esp32
