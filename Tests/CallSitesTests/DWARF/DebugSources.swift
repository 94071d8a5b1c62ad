/// Programs whose compilers inline much.
enum DebugSources {
    /// Templates of the standard library.
    static let cpp = """
        #include <algorithm>
        #include <iostream>
        #include <map>
        #include <string>
        #include <vector>
        int main(int c, char **v) {
            std::map<std::string, std::vector<int>> all;
            for (int i = 0; i < c; i++) all[v[i]].push_back(i);
            for (auto &[name, list] : all) {
                std::sort(list.begin(), list.end());
                std::cout << name << list.size() << std::endl;
            }
        }
        """

    /// Closures, iterators and generic functions.
    static let rust = """
        use std::collections::BTreeMap;
        fn count(words: &[String]) -> BTreeMap<&str, usize> {
            let mut all = BTreeMap::new();
            for word in words { *all.entry(word.as_str()).or_insert(0) += 1; }
            all
        }
        fn main() {
            let words: Vec<String> = std::env::args().collect();
            for (word, times) in count(&words).iter().rev() { println!("{word} {times}"); }
        }
        """
}
