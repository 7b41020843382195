// Reservations (OCPP 1.6 5.1, 5.13; decision "What ends a reservation").
#include <doctest/doctest.h>

#include "ocpp/utc.h"
#include "rig.h"

using bench::Rig;

namespace {

std::string reserve(Rig& rig, int connector, const std::string& tag, int id = 5,
                    int64_t seconds = 600, const std::string& more = "") {
  const int64_t until_us =
      bench::kUtc + static_cast<int64_t>(rig.clock.time_us) + seconds * 1000000;
  const std::string answer = rig.call(
      "ReserveNow", "{\"connectorId\":" + std::to_string(connector) + ",\"expiryDate\":\"" +
                        evse::ocpp::format_utc(until_us).get() + "\",\"idTag\":\"" + tag +
                        "\",\"reservationId\":" + std::to_string(id) + more + "}");
  return answer.substr(11, answer.size() - 13);
}

}  // namespace

TEST_CASE("A reserved connector is its holder's, by way of Preparing (TC_046)") {
  Rig rig;
  rig.boot();
  CHECK(reserve(rig, 1, "HOLDER") == "Accepted");
  rig.tag("STRANGER");
  CHECK(rig.count("Authorize") == 0);
  rig.tag("holder");
  rig.plug();
  CHECK(rig.last("StartTransaction").has("\"reservationId\":5"));
  CHECK(rig.statuses() == "Available Reserved Preparing Charging");
  rig.tag("holder");
  rig.unplug();
  CHECK(rig.last("StatusNotification").has("Available"));
}

TEST_CASE("A reservation ends by time, by cancelling, and with its connector") {
  Rig rig;
  rig.boot();
  reserve(rig, 1, "HOLDER", 5, 100);
  rig.run(101);
  CHECK(rig.statuses() == "Available Reserved Available");
  reserve(rig, 1, "HOLDER", 6);
  CHECK(rig.call("CancelReservation", "{\"reservationId\":5}") == "{\"status\":\"Rejected\"}");
  CHECK(rig.call("CancelReservation", "{\"reservationId\":6}") == "{\"status\":\"Accepted\"}");
  reserve(rig, 1, "HOLDER", 7);
  rig.call("ChangeAvailability", "{\"connectorId\":1,\"type\":\"Inoperative\"}");
  rig.call("ChangeAvailability", "{\"connectorId\":1,\"type\":\"Operative\"}");
  CHECK(rig.last("StatusNotification").has("Available"));
  CHECK(reserve(rig, 1, "HOLDER", 8, -10) == "Rejected");
  CHECK(reserve(rig, 9, "HOLDER", 8) == "Rejected");
}

TEST_CASE("It says why not: Occupied, Faulted, Unavailable; the same number is replaced") {
  Rig rig;
  rig.boot();
  CHECK(reserve(rig, 1, "HOLDER") == "Accepted");
  CHECK(reserve(rig, 1, "OTHER", 5) == "Accepted");
  CHECK(reserve(rig, 1, "THIRD", 6) == "Occupied");
  rig.call("CancelReservation", "{\"reservationId\":5}");
  rig.plug();
  CHECK(reserve(rig, 1, "HOLDER") == "Occupied");
  rig.unplug();
  rig.report[0].faults = static_cast<uint32_t>(evse::FaultCode::EarthLost);
  rig.settle();
  CHECK(reserve(rig, 1, "HOLDER") == "Faulted");
  rig.report[0].faults = 0;
  rig.settle();
  rig.call("ChangeAvailability", "{\"connectorId\":1,\"type\":\"Inoperative\"}");
  CHECK(reserve(rig, 1, "HOLDER") == "Unavailable");
}

TEST_CASE("It outlives a power cut, and a start that used it") {
  Rig rig;
  rig.boot();
  reserve(rig, 1, "HOLDER", 5, 6000);
  Rig after(Rig::defaults(), &rig.fram);
  after.boot();
  CHECK(after.statuses() == "Reserved");
  after.tag("HOLDER");
  after.plug();
  Rig later(Rig::defaults(), &after.fram);
  later.boot();
  later.run(1);
  CHECK(later.last("StatusNotification").has("Available"));
}

TEST_CASE("A power cut in the middle of its use: it is used up, or its transaction has not begun") {
  for (int64_t cut = 0; cut < 400; cut += 3) {
    CAPTURE(cut);
    Rig rig;
    rig.boot();
    reserve(rig, 1, "HOLDER", 5, 6000);
    rig.fram.cut_after = rig.fram.written + cut;
    rig.tag("HOLDER");
    rig.plug();
    Rig after(Rig::defaults(), &rig.fram);
    after.boot();
    after.run(1);
    const bool begun = after.count("StartTransaction") + after.count("StopTransaction") > 0;
    CHECK(after.last("StatusNotification").has(begun ? "Available" : "Reserved"));
  }
}

TEST_CASE("A group may use what its group has reserved") {
  Rig rig;
  rig.boot();
  rig.parent_tag = "FAMILY";
  reserve(rig, 1, "MUM", 5, 600, ",\"parentIdTag\":\"FAMILY\"");
  rig.tag("SISTER");
  rig.plug();
  CHECK(rig.last("StartTransaction").has("\"reservationId\":5"));
}

TEST_CASE("A reservation of any connector keeps the last one that is free") {
  Rig rig(Rig::defaults(2));
  rig.boot();
  CHECK(reserve(rig, 0, "HOLDER") == "Accepted");
  CHECK(rig.statuses(1) == "Available");
  rig.plug(1);
  rig.tag("OTHER", 1);
  CHECK(rig.statuses(2) == "Available Reserved");
  CHECK(reserve(rig, 2, "THIRD", 6) == "Occupied");
  rig.plug(2);
  rig.tag("HOLDER", 2);
  CHECK(rig.last("StartTransaction").has("\"reservationId\":5"));
}
