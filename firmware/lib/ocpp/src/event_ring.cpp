#include "ocpp/event_ring.h"

#include "ocpp/utc.h"

namespace evse::ocpp {

void EventRing::put(const char* text) {
  for (; *text != '\0'; ++text) put(*text == '\n' ? ' ' : *text);
}

void EventRing::add(int64_t utc_us, int connector, const char* text) {
  put(format_utc(utc_us).get());
  Text<16> number;
  number.put(' ').add(int64_t{connector}).put(' ');
  put(number.get());
  put(text);
  put('\n');
}

uint32_t EventRing::begin() const {
  if (end_ <= kEventBytes) return 0;
  uint32_t place = end_ - kEventBytes;
  while (place < end_ && at(place) != '\n') ++place;
  return place + 1;
}

}  // namespace evse::ocpp
