// The files that MicroOcpp keeps, in FRAM. Nothing of MicroOcpp is needed here.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <map>
#include <random>

#include "memory.h"
#include "microocpp_backend/fram_files.h"

namespace {

constexpr int kFrom = 1024;

using Content = std::map<std::string, std::string>;

Content content_of(evse::FramFiles& files) {
  Content found;
  for (const std::string& name : files.names()) REQUIRE(files.load(name.c_str(), found[name]));
  return found;
}

std::string text(size_t size, char begin) {
  std::string made(size, ' ');
  for (size_t i = 0; i < size; ++i) made[i] = static_cast<char>(begin + i % 23);
  return made;
}

}  // namespace

TEST_CASE("a file is there after a restart, whatever its size") {
  bench::Fram fram;
  evse::FramFiles files(fram, kFrom);
  REQUIRE(files.mount());
  for (size_t size : {0, 1, 83, 84, 85, 205, 206, 207, 3000}) {
    const std::string name = "file-" + std::to_string(size);
    REQUIRE(files.save(name.c_str(), text(size, 'a')));
  }
  evse::FramFiles again(fram, kFrom);
  REQUIRE(again.mount());
  CHECK(content_of(again) == content_of(files));
  CHECK(again.size_of("file-3000") == 3000);
  CHECK(again.size_of("file-2") == -1);
}

TEST_CASE("a file that was removed is gone after a restart, and so are all that it replaced") {
  bench::Fram fram;
  evse::FramFiles files(fram, kFrom);
  REQUIRE(files.mount());
  const int room = files.room();
  REQUIRE(files.save("tx-1-0.json", text(400, 'a')));
  REQUIRE(files.save("tx-1-0.json", text(300, 'b')));
  REQUIRE(files.remove("tx-1-0.json"));
  CHECK(!files.remove("tx-1-0.json"));
  evse::FramFiles again(fram, kFrom);
  REQUIRE(again.mount());
  CHECK(again.names().empty());
  CHECK(again.room() == room);
}

TEST_CASE("what has no room changes nothing") {
  bench::Fram fram;
  evse::FramFiles files(fram, kFrom);
  REQUIRE(files.mount());
  REQUIRE(files.save("old", "as before"));
  const int room = files.room();
  CHECK(!files.save("old", text(static_cast<size_t>(room) + 1, 'a')));
  CHECK(content_of(files) == Content{{"old", "as before"}});
  CHECK(files.save("new", text(static_cast<size_t>(room), 'a')));
  CHECK(files.room() == -1);
  CHECK(!files.save("old", ""));
  CHECK(content_of(files).at("old") == "as before");
}

TEST_CASE("a name that does not fit is refused") {
  bench::Fram fram;
  evse::FramFiles files(fram, kFrom);
  REQUIRE(files.mount());
  CHECK(files.save(std::string(evse::FramFiles::kName, 'n').c_str(), "x"));
  CHECK(!files.save(std::string(evse::FramFiles::kName + 1, 'n').c_str(), "x"));
  CHECK(!files.save("", "x"));
}

TEST_CASE("a memory full of anything is an empty one, and the first kilobyte is not touched") {
  std::mt19937 random(7);
  bench::Fram fram;
  for (uint8_t& each : fram.bytes) each = static_cast<uint8_t>(random());
  for (size_t at = kFrom; at < fram.bytes.size(); at += evse::FramFiles::kBlock) {
    fram.bytes[at + 4] = at % 256 == 0 ? 0xA5 : 0x5A;  // as if each were part of a file
  }
  const std::vector<uint8_t> before(fram.bytes.begin(), fram.bytes.begin() + kFrom);
  evse::FramFiles files(fram, kFrom);
  REQUIRE(files.mount());
  CHECK(files.names().empty());
  REQUIRE(files.save("first", text(500, 'a')));
  evse::FramFiles again(fram, kFrom);
  REQUIRE(again.mount());
  CHECK(content_of(again) == Content{{"first", text(500, 'a')}});
  CHECK(std::vector<uint8_t>(fram.bytes.begin(), fram.bytes.begin() + kFrom) == before);
}

TEST_CASE("the power may go at any byte: each file is old or new, and no other is touched") {
  bench::Fram fram(4096);
  evse::FramFiles files(fram, kFrom);
  REQUIRE(files.mount());
  REQUIRE(files.save("kept", text(200, 'k')));
  REQUIRE(files.save("changed", text(300, 'o')));
  REQUIRE(files.save("removed", text(150, 'r')));
  const Content before = content_of(files);
  const std::vector<uint8_t> bytes = fram.bytes;

  const auto act = [](evse::FramFiles& on) {
    on.save("changed", text(310, 'n'));
    on.remove("removed");
    on.save("added", text(100, 'a'));
  };
  int64_t whole = 0;
  for (int64_t cut = 0; cut == 0 || cut <= whole; ++cut) {
    bench::Fram dying(4096);
    dying.bytes = bytes;
    evse::FramFiles last(dying, kFrom);
    REQUIRE(last.mount());
    const int64_t mounted = dying.written;
    if (cut > 0) dying.cut_after = mounted + cut - 1;
    act(last);
    if (cut == 0) whole = dying.written - mounted;
    // Mounting mends what is left over: the power may go there too.
    dying.cut_after = cut % 3 == 0 ? -1 : dying.written + cut % 3 - 1;
    evse::FramFiles(dying, kFrom).mount();
    dying.cut_after = -1;
    evse::FramFiles next(dying, kFrom);
    REQUIRE(next.mount());
    const Content after = content_of(next);
    CHECK(after.at("kept") == before.at("kept"));
    const std::string& changed = after.at("changed");
    const bool is_new = changed == text(310, 'n');
    CHECK((is_new || changed == before.at("changed")));
    CHECK((after.count("removed") == 0 || after.at("removed") == before.at("removed")));
    CHECK((after.count("added") == 0 || after.at("added") == text(100, 'a')));
    // In the order in which it was done.
    CHECK((is_new || after.count("removed") == 1));
    CHECK((after.count("removed") == 0 || after.count("added") == 0));
    // And it goes on from there.
    act(next);
    CHECK(content_of(next) == Content{{"kept", text(200, 'k')},
                                      {"changed", text(310, 'n')},
                                      {"added", text(100, 'a')}});
  }
  CHECK(whole > 500);
}
