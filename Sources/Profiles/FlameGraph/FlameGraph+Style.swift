extension FlameGraph {
    /// Text has a contrast of 4.5 at least on each of the colours, in light and in dark.
    static let style = """
        <style>
        text { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1b1f24; }
        .title { font-size: 19px; font-weight: 600; }
        .note { font-size: 12.5px; fill: #57606a; }
        .graph { background: #ffffff; }
        .page { fill: #ffffff; }
        .b text { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
        unicode-bidi: isolate; }
        .b rect { stroke: #ffffff; stroke-width: 1.2; }
        .b.n rect { stroke: none; }
        .r rect { fill: #d0d7de; }
        .l0 rect, .key.l0 { fill: #e4eaf1; }
        .l1 rect, .key.l1 { fill: #dfe6ee; }
        .l2 rect { fill: #e9eef3; }
        .l3 rect { fill: #e2e7f2; }
        .lib text { fill: #4a5663; }
        .o0 rect { fill: #ff8a4c; }
        .o1 rect { fill: #ff9d3d; }
        .o2 rect, .key.o2 { fill: #ff7f50; }
        .o3 rect { fill: #ffb03b; }
        .o4 rect { fill: #f98d5c; }
        .o5 rect { fill: #ffa45c; }
        .own text { fill: #2b1400; font-weight: 600; }
        .own tspan, .own .c { fill: #4a2400; font-weight: 400; }
        .b .c { text-anchor: end; }
        .b.m rect { fill: #8a3ffc; }
        .graph .b.m text, .graph .b.m tspan { fill: #ffffff; }
        .searched .b:not(.m) { opacity: 0.6; }
        .b.above { opacity: 0.7; }
        .live .b, .button { cursor: pointer; }
        .live .b:hover rect { stroke: #1b1f24; stroke-width: 2; }
        .button { fill: #0969da; }
        input { box-sizing: border-box; width: 100%; height: 26px; padding: 0 8px;
        font: 13px system-ui, sans-serif; color: #1b1f24; background: #f6f8fa;
        border: 1px solid #afb8c1; border-radius: 5px; }
        @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3; }
        .note { fill: #9aa4af; }
        .graph { background: #0d1117; }
        .page { fill: #0d1117; }
        .b rect { stroke: #0d1117; }
        .r rect { fill: #3d4650; }
        .l0 rect, .key.l0 { fill: #252e38; }
        .l1 rect, .key.l1 { fill: #2a3440; }
        .l2 rect { fill: #212a33; }
        .l3 rect { fill: #272e3c; }
        .lib text { fill: #b1bcc8; }
        .b.m rect { fill: #a56eff; }
        .graph .b.m text, .graph .b.m tspan { fill: #14002e; }
        .live .b:hover rect { stroke: #e6edf3; }
        .button { fill: #58a6ff; }
        input { color: #e6edf3; background: #161b22; border-color: #3d444d; }
        }
        </style>
        """

    /// Enlarges boxes and searches names.
    ///
    /// Texts are only ever set as texts, never as markup, and
    /// no name is inside the script.
    static let script = #"""
        <script><![CDATA[
        (function () {
        "use strict";
        const svg = document.currentScript.closest("svg");
        const left = 20, wide = 1160, cell = 7.23;
        const told = svg.querySelector(".told"), hint = told.textContent;
        const make = (name, attributes, parent) => {
          const element = document.createElementNS("http://www.w3.org/2000/svg", name);
          for (const key in attributes) element.setAttribute(key, attributes[key]);
          return parent.appendChild(element);
        };
        const boxes = Array.from(svg.querySelectorAll(".b"), element => {
          const title = element.querySelector("title").textContent;
          const data = element.dataset;
          return { element, title, name: data.t || "", place: data.p || "", told: data.c || "",
            start: +data.a, count: +data.n, y: +element.getAttribute("y") };
        });
        if (boxes.length === 0) return;
        const root = boxes[0];
        svg.classList.add("live");

        const cells = text => {
          let sum = 0;
          for (const one of text) {
            const code = one.codePointAt(0);
            sum += code >= 0x300 && code < 0x370 ? 0
              : code >= 0x1100 && code < 0x1200 || code >= 0x2E80 ? 2 : 1;
          }
          return sum;
        };
        const fitted = (name, room) => {
          if (room < 3) return "";
          if (cells(name) <= room) return name;
          const slash = name.search(/[[(<]/);
          const path = (slash < 0 ? name : name.slice(0, slash)).lastIndexOf("/");
          const short = name.slice(path + 1) || name;
          if (cells(short) <= room) return short;
          let kept = "", used = 1;
          for (const one of short) {
            used += cells(one);
            if (used > room) break;
            kept += one;
          }
          return kept + "…";
        };
        const label = (box, width) => {
          for (const old of box.element.querySelectorAll("text")) old.remove();
          const room = Math.floor((width - 10) / cell), text = fitted(box.name, room);
          if (!text) return;
          let used = cells(text);
          const element = make("text", { x: 5, y: 13.5 }, box.element);
          element.textContent = text;
          if (box.place && !text.endsWith("…") && used + 2 + cells(box.place) <= room) {
            used += 2 + cells(box.place);
            make("tspan", { dx: 12 }, element).textContent = box.place;
          }
          const counts = [box.told, box.told.split(" ")[0]];
          const count = counts.find(one => one && used + 2 + cells(one) <= room);
          if (count) {
            make("text", { class: "c", x: "100%", dx: -5, y: 13.5 }, box.element)
              .textContent = count;
          }
        };

        const reset = make("text", { class: "note button", x: 1180, y: 84,
          "text-anchor": "end", visibility: "hidden" }, svg);
        reset.textContent = "Show all (Esc)";
        const enlarge = one => {
          for (const box of boxes) {
            const isAbove = box.y < one.y;
            const isShown = isAbove
              ? box.start <= one.start && box.start + box.count >= one.start + one.count
              : box.start >= one.start && box.start + box.count <= one.start + one.count;
            box.element.style.display = isShown ? "" : "none";
            if (!isShown) continue;
            const width = isAbove ? wide : box.count / one.count * wide;
            box.element.setAttribute("x",
              isAbove ? left : left + (box.start - one.start) / one.count * wide);
            box.element.setAttribute("width", width);
            box.element.classList.toggle("above", isAbove);
            box.element.classList.toggle("n", width < 3);
            label(box, width);
          }
          reset.setAttribute("visibility", one === root ? "hidden" : "visible");
        };
        const tell = text => { told.textContent = text; };
        for (const box of boxes) {
          box.element.addEventListener("click", () => enlarge(box));
          box.element.addEventListener("mouseenter", () =>
            tell(box.title.split("\n").join("  ·  ")));
          box.element.addEventListener("mouseleave", () => tell(hint));
        }
        reset.addEventListener("click", () => enlarge(root));

        const found = make("text", { class: "note", x: 1180, y: 57, "text-anchor": "end" }, svg);
        const holder = make("foreignObject", { x: 940, y: 14, width: 240, height: 28 }, svg);
        const input = document.createElementNS("http://www.w3.org/1999/xhtml", "input");
        input.setAttribute("type", "search");
        input.setAttribute("placeholder", "Search functions, files ( / )");
        input.setAttribute("aria-label", "Search functions and files");
        holder.appendChild(input);
        const search = () => {
          const word = input.value.toLowerCase();
          let sockets = 0, end = 0, matches = 0;
          for (const box of boxes) {
            const text = box.title.split("\n").slice(0, -2).join("\n").toLowerCase();
            const isMatch = word !== "" && text.includes(word);
            box.element.classList.toggle("m", isMatch);
            // Boxes come from left to right, callers first: what was counted is left of the end.
            if (isMatch) matches += 1;
            if (isMatch && box.start >= end) {
              sockets += box.count;
              end = box.start + box.count;
            }
          }
          svg.classList.toggle("searched", matches > 0);
          found.textContent = word === "" ? "" : sockets.toLocaleString("en") + " sockets, "
            + (sockets / root.count * 100).toFixed(1) + " %";
        };
        input.addEventListener("input", search);
        document.addEventListener("keydown", event => {
          if (event.key === "Escape") { input.value = ""; search(); enlarge(root); }
          if (event.key === "/" && document.activeElement !== input) {
            event.preventDefault();
            input.focus();
          }
        });
        })();
        ]]></script>
        """#
}
