#include "kernels/attention_case.hpp"

namespace reckon::kernels::test {
namespace {

constexpr size_t kHeadDims[] = {16, 32, 48, 64, 80, 96, 112, 128, 192, 256};
constexpr size_t kVisible[] = {1, 2, 15, 16, 17, 63, 64, 65, 100, 129, 255, 256};

// The definition, straight from the contract: fma chains, 16 sums, a tree. Only exp is the kernels'.
float define_dot(const Case& c, size_t row, size_t j) {
  float dot = 0;
  for (size_t first = 0; first < c.head_dim; first += c.scaled()) {
    float part = 0;
    for (size_t d = first; d < std::min(first + c.scaled(), c.head_dim); d++) {
      part = std::fma(c.q[row * c.stride + d], c.key_element(j, d).value, part);
    }
    dot = std::fma(c.key_element(j, first).scale, part, dot);
  }
  return dot;
}
struct Row {
  float max = -kInf, sum = 0;
  std::vector<float> out;
};
Row define_row(const Case& c, size_t row) {
  Row r;
  r.out.assign(c.head_dim, 0.0f);
  std::vector<float> p(c.visible[row]);
  for (size_t j = 0; j < p.size(); j++) {
    p[j] = define_dot(c, row, j) * c.scale;
    r.max = std::max(r.max, p[j]);
  }
  float lane[16] = {};
  for (size_t j = 0; j < p.size(); j++) {
    scalar::kFloatKernels.exp_sum(&p[j], r.max, 1.0f, 1, &p[j]);
    lane[j % 16] += p[j];
    for (size_t d = 0; d < c.head_dim; d++) {
      const Element v = c.value_element(j, d);
      r.out[d] = std::fma(p[j] * v.scale, v.value, r.out[d]);
    }
  }
  for (size_t half = 8; half > 0; half /= 2) {
    for (size_t i = 0; i < half; i++) lane[i] += lane[i + half];
  }
  r.sum = lane[0];
  return r;
}

class AttentionOver : public testing::TestWithParam<KvType> {};
INSTANTIATE_TEST_SUITE_P(KvTypes, AttentionOver, testing::Values(KvType::f16, KvType::q8_0),
                         [](const auto& type) { return type.param == KvType::f16 ? "f16" : "q8_0"; });

TEST_P(AttentionOver, KeepsItsDefinitionBitForBitOnAllSets) {
  size_t n = 0;
  auto sets = sets_here();
  for (size_t head_dim : kHeadDims) {
    for (size_t visible : kVisible) {
      Case c(3, head_dim, visible, static_cast<uint32_t>(head_dim * 1000 + visible), GetParam());
      Partial expected(c.n_rows, head_dim);
      for (size_t r = 0; r < c.n_rows; r++) {
        Row row = define_row(c, r);
        expected.max[r] = row.max;
        expected.sum[r] = row.sum;
        std::copy(row.out.begin(), row.out.end(),
                  expected.out.begin() + static_cast<std::ptrdiff_t>(r * head_dim));
      }
      for (const FloatSet& s : sets) {
        expect_same(
            expected, c.attend(*s.k),
            s.name + ", head_dim " + std::to_string(head_dim) + ", visible " + std::to_string(visible));
        n++;
      }
    }
  }
  EXPECT_GE(n, std::size(kHeadDims) * std::size(kVisible));
}

// Visibility that grows along the rows as a prompt's does, and one in disorder; rows 1..67 and more than a
// tile.
TEST_P(AttentionOver, RowsKeepTheirBitsInEveryGroup) {
  auto sets = sets_here();
  std::vector<size_t> row_counts;
  for (size_t n = 1; n <= 35; n++) row_counts.push_back(n);
  for (size_t n : {48, 56, 63, 64, 65, 67, 130}) row_counts.push_back(n);
  Case c(130, 64, 256, 5, GetParam());
  Random random(6);
  for (bool causal : {true, false}) {
    for (size_t r = 0; r < c.n_rows; r++) {
      c.visible[r] = static_cast<uint32_t>(causal ? std::min<size_t>(256, 100 + r / 6) : random.below(257));
    }
    Partial alone(c.n_rows, c.head_dim);
    for (size_t r = 0; r < c.n_rows; r++) {
      AttentionPartial row{&alone.max[r], &alone.sum[r], &alone.out[r * c.head_dim]};
      scalar::kFloatKernels.attend_chunk(c.chunk(r, 1), row);
    }
    for (const FloatSet& s : sets) {
      for (size_t n : row_counts) {
        Partial expected = alone;
        expected.max.resize(n), expected.sum.resize(n), expected.out.resize(n * c.head_dim);
        expect_same(expected, c.attend(*s.k, 0, n), s.name + ", rows " + std::to_string(n));
      }
    }
  }
}

TEST(Attention, NothingVisibleIsTheEmptyState) {
  for (const FloatSet& s : sets_here()) {
    Case c(9, 32, 70, 8);
    std::fill(c.visible.begin(), c.visible.end(), 0u);
    c.visible[4] = 70;
    Partial p = c.attend(*s.k);
    for (size_t r = 0; r < c.n_rows; r++) {
      if (r == 4) continue;
      EXPECT_EQ(p.max[r], -kInf);
      EXPECT_EQ(bits_of(p.sum[r]), 0u);
      for (size_t d = 0; d < c.head_dim; d++) ASSERT_EQ(bits_of(p.out[r * c.head_dim + d]), 0u);
    }
    EXPECT_GT(p.sum[4], 0);
    // No blocks at all.
    std::fill(c.visible.begin(), c.visible.end(), 0u);
    c.blocks.clear();
    EXPECT_EQ(c.attend(*s.k).max, std::vector<float>(c.n_rows, -kInf));
  }
}

TEST(Attention, ScoresOfMinusInfinityAreTheEmptyStateAndNanSpreads) {
  for (const FloatSet& s : sets_here()) {
    Case c(3, 16, 20, 9);
    // Key 0's first element is a whole power, so that huge queries overflow all its scores alike.
    std::vector<float> key(16, 0.0f), value(16, 1.0f);
    key[0] = 1;
    for (size_t j = 0; j < 20; j++) s.k->kv_store(KvType::f16, key.data(), value.data(), 16, j, c.blocks[0]);
    std::fill(c.q.begin(), c.q.end(), 0.0f);
    c.q[0] = -kInf;
    c.q[2 * c.stride] = NAN;
    Partial p = c.attend(*s.k);
    EXPECT_EQ(p.max[0], -kInf);
    EXPECT_EQ(p.sum[0], 0.0f);
    EXPECT_EQ(p.out[0], 0.0f);
    EXPECT_EQ(p.max[1], 0.0f);
    EXPECT_EQ(p.sum[1], 20.0f);
    EXPECT_EQ(p.out[16], 20.0f);
    EXPECT_TRUE(std::isnan(p.max[2]) && std::isnan(p.sum[2]) && std::isnan(p.out[32]));
  }
}

// Chunks of a longer context, each with its own blocks.
std::vector<Case> make_chunks(size_t positions, size_t rows, size_t head_dim) {
  std::vector<Case> chunks;
  for (size_t start = 0; start < positions; start += kAttentionChunk) {
    chunks.emplace_back(rows, head_dim, std::min(kAttentionChunk, positions - start),
                        static_cast<uint32_t>(start + 77));
    chunks.back().q = chunks.front().q;
  }
  return chunks;
}

std::vector<float> attend_all(const FloatKernels& k, const std::vector<Case>& chunks) {
  const Case& first = chunks[0];
  Partial state = first.attend(k);
  for (size_t i = 1; i < chunks.size(); i++) {
    Partial next = chunks[i].attend(k);
    k.attend_merge(state.view(), next.view(), first.n_rows, first.head_dim);
  }
  std::vector<float> out(first.n_rows * (first.head_dim + 3), 7.0f);
  k.attend_finish(state.view(), first.n_rows, first.head_dim, out.data(), first.head_dim + 3);
  return out;
}

// Attention of a row in f64 over the chunks' values as they are in the cache.
struct Truth {
  std::vector<double> out;
  double tolerance;
};

// A score is a chain of head_dim fma and one product: within delta = (head_dim + 1) u scale sum |q k|. Taking
// max off rounds by u |s - max|, and max itself cancels out. exp is within 2 u. So p is relatively within e =
// delta + u range + 2 u, sums and weighted sums too, and chains and trees add (256 + 1) u and (16 + 5) u.
// Each merge has factors within 2 u + u range and adds 3 u. The quotient of both: twice, and 1 u.
Truth truth_of(const std::vector<Case>& chunks, size_t row) {
  const Case& f = chunks[0];
  std::vector<double> scores;
  double delta = 0, lowest = kInf, highest = -kInf;
  for (const Case& c : chunks) {
    for (size_t j = 0; j < c.visible[row]; j++) {
      double dot = 0, size = 0;
      for (size_t d = 0; d < c.head_dim; d++) {
        double term = static_cast<double>(f.q[row * f.stride + d]) * static_cast<double>(c.key(j, d));
        dot += term;
        size += std::fabs(term);
      }
      double scale = f.scale;
      scores.push_back(dot * scale);
      delta = std::max(delta, (static_cast<double>(f.head_dim) + 1) * kUnit * scale * size);
      lowest = std::min(lowest, scores.back());
      highest = std::max(highest, scores.back());
    }
  }
  Truth t{std::vector<double>(f.head_dim), 0};
  std::vector<double> sizes(f.head_dim);
  double sum = 0;
  size_t i = 0;
  for (const Case& c : chunks) {
    for (size_t j = 0; j < c.visible[row]; j++, i++) {
      double p = std::exp(scores[i] - highest);
      sum += p;
      for (size_t d = 0; d < c.head_dim; d++) {
        t.out[d] += p * static_cast<double>(c.value(j, d));
        sizes[d] += p * std::fabs(static_cast<double>(c.value(j, d)));
      }
    }
  }
  for (double& x : t.out) x /= sum;
  double range = highest - lowest, merges = static_cast<double>(chunks.size()) - 1;
  double e = delta + range * kUnit + 2 * kUnit;
  double relative = 2 * e + (257 + 21) * kUnit + 2 * merges * (5 + range) * kUnit + kUnit;
  t.tolerance = relative * *std::max_element(sizes.begin(), sizes.end()) / sum;
  return t;
}

TEST(Attention, MatchesDoublePrecisionOverChunks) {
  size_t n = 0;
  for (size_t head_dim : {16, 64, 128, 256}) {
    for (size_t positions : {1, 40, 256, 257, 700, 1024}) {
      auto chunks = make_chunks(positions, 7, head_dim);
      std::vector<float> out = attend_all(scalar::kFloatKernels, chunks);
      for (size_t row = 0; row < 7; row++) {
        Truth t = truth_of(chunks, row);
        EXPECT_LT(t.tolerance, 1e-3);
        for (size_t d = 0; d < head_dim; d++, n++) {
          ASSERT_NEAR(out[row * (head_dim + 3) + d], t.out[d], t.tolerance)
              << "head_dim " << head_dim << ", positions " << positions << ", row " << row;
        }
      }
      for (const FloatSet& s : sets_here()) expect_same(out, attend_all(*s.k, chunks), s.name);
    }
  }
  EXPECT_GT(n, 10'000u);
}

TEST(Attention, MergingAnEmptyStateChangesNoBit) {
  for (const FloatSet& s : sets_here()) {
    Case c(5, 48, 90, 3);
    Partial full = c.attend(*s.k), before = full;
    full.out[3] = before.out[3] = -0.0f;
    std::fill(c.visible.begin(), c.visible.end(), 0u);
    Partial empty = c.attend(*s.k), state = empty;
    s.k->attend_merge(full.view(), empty.view(), 5, 48);
    expect_same(before, full, "empty into full");
    s.k->attend_merge(state.view(), before.view(), 5, 48);
    expect_same(before, state, "full into empty");
    s.k->attend_merge(empty.view(), Partial(empty).view(), 5, 48);
    EXPECT_EQ(empty.max[0], -kInf);
    EXPECT_EQ(empty.sum[0], 0.0f);
    std::vector<float> out(5 * 48, 7.0f);
    s.k->attend_finish(empty.view(), 5, 48, out.data(), 48);
    EXPECT_EQ(out, std::vector<float>(5 * 48, 0.0f));
  }
}

TEST(KvStore, WritesKeysALanePerPositionAndValuesARowPerPosition) {
  for (const FloatSet& s : sets_here()) {
    for (size_t head_dim : kHeadDims) {
      std::vector<uint16_t> block(kv_block_bytes(KvType::f16, head_dim) / 2, 0x1234), expected = block;
      for (size_t slot : {0, 1, 15, 16, 37, 63}) {
        std::vector<float> key(head_dim), value(head_dim);
        for (size_t d = 0; d < head_dim; d++) {
          key[d] = static_cast<float>(slot + d);
          value[d] = -static_cast<float>(slot * 2 + d);
        }
        s.k->kv_store(KvType::f16, key.data(), value.data(), head_dim, slot,
                      reinterpret_cast<std::byte*>(block.data()));
        for (size_t d = 0; d < head_dim; d++) {
          uint16_t& k = block[(slot / 16 * head_dim + d) * 16 + slot % 16];
          uint16_t& v = block[kKvBlockPositions * head_dim + slot * head_dim + d];
          ASSERT_EQ(half_value(k), key[d]);
          ASSERT_EQ(half_value(v), value[d]);
          k = v = 0x1234;
        }
      }
      ASSERT_EQ(block, expected) << "another slot was written";
    }
  }
}

TEST(KvStore, Q8KeepsEachElementWithinHalfAStepOfItsScale) {
  for (const FloatSet& s : sets_here()) {
    for (size_t head_dim : kHeadDims) {
      Random random(static_cast<uint32_t>(head_dim));
      Case c(1, head_dim, 64, 3, KvType::q8_0);
      for (size_t slot : {0, 1, 15, 16, 37, 63}) {
        auto key = random.vector(head_dim, 2), value = random.vector(head_dim);
        s.k->kv_store(KvType::q8_0, key.data(), value.data(), head_dim, slot, c.blocks[0]);
        for (size_t d = 0; d < head_dim; d++) {
          float top_key = 0, top_value = 0;
          for (size_t i = d / 32 * 32; i < std::min(head_dim, d / 32 * 32 + 32); i++) {
            top_key = std::max(top_key, std::fabs(key[i]));
            top_value = std::max(top_value, std::fabs(value[i]));
          }
          // Half a step, and the scale's own rounding to f16 over 127 steps.
          const float steps = 0.5f + 127 * 0x1p-11f;
          ASSERT_LE(std::fabs(c.key(slot, d) - key[d]), top_key / 127 * steps);
          ASSERT_LE(std::fabs(c.value(slot, d) - value[d]), top_value / 127 * steps);
        }
      }
    }
  }
}

TEST(KvStore, Q8KeepsZerosSaturatesAndKeepsNan) {
  for (const FloatSet& s : sets_here()) {
    Case c(1, 32, 1, 3, KvType::q8_0);
    auto stored_first = [&](float first) {
      std::vector<float> x(32);
      x[0] = first;
      s.k->kv_store(KvType::q8_0, x.data(), x.data(), 32, 0, c.blocks[0]);
      EXPECT_EQ(bits_of(c.key(0, 0)), bits_of(c.value(0, 0)));
      return c.key(0, 0);
    };
    EXPECT_EQ(stored_first(0), 0.0f);
    EXPECT_EQ(stored_first(1e-12f), 0.0f) << "a scale that is no f16";
    EXPECT_NEAR(stored_first(127), 127.0f, 1e-3f);
    EXPECT_NEAR(stored_first(kInf), 65504.0f, 64.0f);
    EXPECT_NEAR(stored_first(-kInf), -65504.0f, 64.0f);
    EXPECT_TRUE(std::isnan(stored_first(NAN)));
  }
}

// The f16 that a value is stored as.
uint16_t stored(const FloatKernels& k, float x) {
  std::vector<float> v(16, x);
  std::vector<uint16_t> block(kv_block_bytes(KvType::f16, 16) / 2);
  k.kv_store(KvType::f16, v.data(), v.data(), 16, 0, reinterpret_cast<std::byte*>(block.data()));
  EXPECT_EQ(block[0], block[kKvBlockPositions * 16]);
  return block[0];
}

TEST(KvStore, RoundsToNearestEvenSaturatesAndKeepsNan) {
  for (const FloatSet& s : sets_here()) {
    auto f16 = [&](float x) { return stored(*s.k, x); };
    EXPECT_EQ(f16(1.0f), 0x3c00);
    EXPECT_EQ(f16(1.0f + 0x1p-11f), 0x3c00) << "a tie goes to even";
    EXPECT_EQ(f16(1.0f + 0x1p-11f + 0x1p-20f), 0x3c01);
    EXPECT_EQ(f16(1.0f + 0x3p-11f), 0x3c02) << "a tie goes to even";
    EXPECT_EQ(f16(-0.0f), 0x8000);
    EXPECT_EQ(f16(0x1p-24f), 0x0001);
    EXPECT_EQ(f16(0x1p-25f), 0x0000) << "a tie goes to even";
    EXPECT_EQ(f16(0x1.01p-25f), 0x0001);
    EXPECT_EQ(f16(0x1.ff8p-15f), 0x03ff) << "the largest subnormal";
    EXPECT_EQ(f16(0x1.ffcp-15f), 0x0400) << "a tie goes to even";
    EXPECT_EQ(f16(65504.0f), 0x7bff);
    EXPECT_EQ(f16(65520.0f), 0x7bff);
    EXPECT_EQ(f16(1e30f), 0x7bff);
    EXPECT_EQ(f16(-1e30f), 0xfbff);
    EXPECT_EQ(f16(kInf), 0x7bff);
    EXPECT_EQ(f16(-kInf), 0xfbff);
    EXPECT_EQ(f16(NAN) & 0x7e00, 0x7e00);
    EXPECT_EQ(f16(-NAN) & 0x7e00, 0x7e00);
  }
}

TEST(KvStore, HasTheSameBitsOnAllSetsOverTheRangeOfF32) {
  auto sets = sets_here();
  size_t n = 0;
  for (uint64_t bits = 0; bits <= 0xffffffff; bits += 81'919, n++) {
    float x;
    auto word = static_cast<uint32_t>(bits);
    std::memcpy(&x, &word, sizeof x);
    if (std::isnan(x)) continue;
    uint16_t expected = stored(*sets[0].k, x);
    for (const FloatSet& s : sets) ASSERT_EQ(stored(*s.k, x), expected) << s.name << " " << x;
  }
  EXPECT_GT(n, 50'000u);
}

// Every f16, through a value row seen with weight 1.
TEST(KvStore, ReadsEveryF16Exactly) {
  for (const FloatSet& s : sets_here()) {
    Case c(1, 256, 1, 2);
    auto* values = reinterpret_cast<uint16_t*>(c.blocks[0]) + kKvBlockPositions * 256;
    for (uint32_t first = 0; first < 0x10000; first += 256) {
      for (uint32_t i = 0; i < 256; i++) values[i] = static_cast<uint16_t>(first + i);
      Partial p = c.attend(*s.k);
      for (uint32_t i = 0; i < 256; i++) {
        float expected = half_value(static_cast<uint16_t>(first + i));
        ASSERT_TRUE(same(p.out[i], 0.0f + expected)) << s.name << " " << first + i;
      }
    }
  }
}

}  // namespace
}  // namespace reckon::kernels::test
