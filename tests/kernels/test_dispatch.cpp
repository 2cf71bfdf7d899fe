// Which table runs: what the processor has, and what RECKON_ISA asks for.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <string>

#include "kernels/kernels.hpp"
#include "reckon/error.hpp"

namespace reckon::kernels {
namespace {

class Dispatch : public testing::Test {
 protected:
  void TearDown() override { unsetenv("RECKON_ISA"); }
};

TEST_F(Dispatch, ListsEachTableOnceWithAllItsFunctions) {
  std::set<std::string> names;
  for (const KernelTable* t : all_tables()) {
    EXPECT_TRUE(names.insert(t->name).second) << t->name;
    EXPECT_EQ(find_table(t->name), t);
    EXPECT_NE(std::string(t->description), "");
    EXPECT_TRUE(t->supported && t->panel_bytes && t->pack_panels && t->activation_bytes &&
                t->pack_activations && t->matmul && t->peak_loop && t->rms_norm && t->add && t->swiglu &&
                t->rope && t->exp_sum && t->max && t->kv_store && t->attend_chunk && t->attend_merge &&
                t->attend_finish)
        << t->name;
  }
  EXPECT_TRUE(names.contains("scalar"));
  EXPECT_EQ(find_table("no such set"), nullptr);
}

TEST_F(Dispatch, BestIsTheFirstSupported) {
  ASSERT_TRUE(best_table().supported());
  for (const KernelTable* t : all_tables()) {
    if (t == &best_table()) break;
    EXPECT_FALSE(t->supported()) << t->name;
  }
  EXPECT_EQ(&select_table(), &best_table());
  setenv("RECKON_ISA", "", 1);
  EXPECT_EQ(&select_table(), &best_table());
}

TEST_F(Dispatch, TheTableAskedForIsTheOneThatRunsOrAnError) {
  size_t ran = 0;
  for (const KernelTable* t : all_tables()) {
    setenv("RECKON_ISA", t->name, 1);
    if (t->supported()) {
      EXPECT_EQ(&select_table(), t);
      EXPECT_GT(select_table().peak_loop(10), 0);
      ran++;
      continue;
    }
    try {
      select_table();
      ADD_FAILURE() << t->name << " is not supported, but was selected";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::unsupported);
      EXPECT_NE(std::string(e.what()).find(t->name), std::string::npos);
    }
  }
  EXPECT_GE(ran, 1u);
}

TEST_F(Dispatch, AnUnknownNameIsAnErrorThatNamesTheKnownOnes) {
  setenv("RECKON_ISA", "avx3", 1);
  try {
    select_table();
    ADD_FAILURE() << "selected a table for avx3";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
    const std::string message = e.what();
    EXPECT_NE(message.find("'avx3'"), std::string::npos) << message;
    EXPECT_NE(message.find("scalar"), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace reckon::kernels
