// Every pair of phase and stimulus, moves and those that must not be.
#include "evse/transitions.h"

#include "bench.h"

using namespace evse;

namespace {

// Columns: the stimuli in their order. Letters: the phase that follows; a dot: nothing moves.
// L latched, H healing, A gone, s soft, R released, O out of service, V plugged in, w withdrawn,
// b asks no more, d drawn down, a asked, c checked, o offerable.
struct Row {
  Phase phase;
  const char* follows;
};

constexpr Row kRows[] = {
    //                     LHAsROVwbdaco
    {Phase::Unavailable, "FR..I........"}, {Phase::Idle, "FR...UP......"},
    {Phase::Plugged, "FRI..U......O"},     {Phase::Offering, "FRI....P..T.."},
    {Phase::Testing, "FRI....PO..C."},     {Phase::Charging, "FRIS...SO...."},
    {Phase::Stopping, "FRI......P..."},    {Phase::Recovering, "F...IU......."},
    {Phase::Faulted, ".R..IU......."},
};

char letter(Phase phase) { return "UIPOTCSRF"[static_cast<int>(phase)]; }

}  // namespace

TEST_CASE("every phase moves on its stimuli and on no other") {
  for (const Row& row : kRows) {
    for (int i = 0; i < kStimuli; ++i) {
      const char expected = row.follows[i] == '.' ? letter(row.phase) : row.follows[i];
      CAPTURE(static_cast<int>(row.phase));
      CAPTURE(i);
      CHECK(letter(follows(row.phase, 1u << i)) == expected);
    }
    CHECK(follows(row.phase, 0) == row.phase);
  }
}

TEST_CASE("of several stimuli the first in the order moves") {
  for (const Row& row : kRows) {
    for (int first = 0; first < kStimuli; ++first) {
      for (int second = first + 1; second < kStimuli; ++second) {
        const Phase alone = follows(row.phase, 1u << first);
        const Phase both = follows(row.phase, 1u << first | 1u << second);
        const auto released = 1u << first == stimulus_if(true, Stimulus::Released);
        const auto held =
            row.phase == Phase::Faulted ? first == 0 : row.phase == Phase::Recovering && first == 1;
        CAPTURE(static_cast<int>(row.phase));
        CAPTURE(first);
        CAPTURE(second);
        if (alone == row.phase && !held) {
          CHECK(both == follows(row.phase, 1u << second));
        } else if (!released) {
          CHECK(both == alone);
        }
      }
    }
  }
}

TEST_CASE("whoever is released is plugged in or not") {
  const uint32_t released = stimulus_if(true, Stimulus::Released);
  const uint32_t vehicle = stimulus_if(true, Stimulus::PluggedIn);
  for (const Phase phase : {Phase::Unavailable, Phase::Recovering, Phase::Faulted}) {
    CHECK(follows(phase, released) == Phase::Idle);
    CHECK(follows(phase, released | vehicle) == Phase::Plugged);
  }
}

TEST_CASE("only Testing leads to a closed contactor, and only when checked") {
  for (int from = 0; from < kPhases; ++from) {
    for (uint32_t stimuli = 0; stimuli < 1u << kStimuli; ++stimuli) {
      const auto phase = static_cast<Phase>(from);
      if (phase == Phase::Charging || follows(phase, stimuli) != Phase::Charging) continue;
      REQUIRE(phase == Phase::Testing);
      REQUIRE((stimuli & stimulus_if(true, Stimulus::Checked)) != 0);
    }
  }
}

TEST_CASE("a stopping charge never goes back to charging, whatever happens") {
  for (uint32_t stimuli = 0; stimuli < 1u << kStimuli; ++stimuli) {
    const Phase next = follows(Phase::Stopping, stimuli);
    REQUIRE(next != Phase::Charging);
    REQUIRE(next != Phase::Offering);
    REQUIRE(next != Phase::Testing);
  }
}
