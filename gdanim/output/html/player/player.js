(() => {
  "use strict";
  // A page may hold the same fragment twice: each copy of this script starts the players that were parsed before it.
  for (const root of document.querySelectorAll(".gdanim-player:not([data-ready])")) start(root);

  function start(root) {
    root.dataset.ready = "";
    const find = (name) => root.querySelector(`[data-part="${name}"]`);
    const svg = find("picture").querySelector("svg");
    const film = JSON.parse(find("film").textContent);
    const [play, back, forward, scrub, speed] = ["play", "back", "forward", "scrub", "speed"].map(find);
    const lines = film.words.map(() => find("words").appendChild(document.createElement("div")));
    const calm = matchMedia("(prefers-reduced-motion: reduce)");

    // begins[i] is when frame i appears; the last entry is when the film ends. In seconds.
    const begins = [0];
    for (const [count, span] of film.spans) {
      const from = begins.at(-1);
      for (let i = 1; i <= count; i++) begins.push(from + i * span);
    }
    const last = begins.length - 2;
    const end = begins.at(-1);

    // A column is a text that stays, or one text a frame, in which 0 stands for the one before.
    for (const columns of [...film.words, ...film.heard]) {
      for (const column of columns) {
        if (Array.isArray(column)) column.forEach((text, i) => text === 0 && (column[i] = column[i - 1]));
      }
    }
    // Lines of groups such as "f(x) 0.33", which wide spaces part.
    const words = (i, columns = film.words) =>
      columns.map((line) => {
        const text = line.map((column) => (Array.isArray(column) ? column[i] : column)).join("");
        return text.split(/ {2,}/).filter(Boolean);
      });

    let frame = -1;
    let clock = 0; // seconds of the film
    let plays = 0;
    let before = 0; // the browser's clock at the last tick, in milliseconds; 0: none yet
    let request = 0;
    let inSight = true;

    function span(text) {
      const element = document.createElement("span");
      element.textContent = text;
      return element;
    }

    function show(i) {
      if (i === frame) return;
      frame = i;
      // Halfway through the frame: rounding never shows its neighbour.
      svg.setCurrentTime((begins[i] + begins[i + 1]) / 2);
      words(i).forEach((groups, line) => lines[line].replaceChildren(...groups.map(span)));
      scrub.value = i;
      scrub.style.setProperty("--done", i / last);
    }

    // Said once, when the picture stands still; a reader's ear cannot follow frames.
    function say() {
      const sentences = [...words(frame), ...words(frame, film.heard)].map((groups) => groups.join(", "));
      const read = sentences.filter(Boolean).join(". ").replace(/[▲\s]+/g, " ").trim();
      const said = read || `Frame ${frame + 1} of ${last + 1}`;
      scrub.setAttribute("aria-valuetext", said);
      // The slider tells its value itself where it has the focus.
      find("status").textContent = document.activeElement === scrub ? "" : said;
    }

    const playing = () => "playing" in root.dataset;

    function tick(now) {
      request = requestAnimationFrame(tick);
      // A page that was asleep goes on where it was.
      if (before) clock += (Math.min(now - before, 250) / 1000) * speed.value;
      before = now;
      if (clock >= end) {
        plays += 1;
        if (film.loop && plays >= film.loop) return pause(last);
        clock %= end;
      }
      let i = clock < begins[frame] ? 0 : frame;
      while (clock >= begins[i + 1]) i++;
      show(i);
    }

    function run() {
      cancelAnimationFrame(request);
      before = 0;
      if (playing() && inSight) request = requestAnimationFrame(tick);
    }

    function setPlaying(on) {
      if (on) root.dataset.playing = "";
      else delete root.dataset.playing;
      play.setAttribute("aria-label", on ? "Pause" : "Play");
      play.title = on ? "Pause (space)" : "Play (space)";
      run();
    }

    function resume() {
      if (frame === last) go(0);
      plays = 0;
      setPlaying(true);
      find("status").textContent = "";
    }

    function pause(at = frame) {
      setPlaying(false);
      go(at);
    }

    function go(i) {
      show(Math.max(0, Math.min(i, last)));
      clock = begins[frame];
      if (!playing()) say();
    }

    const toggle = () => (playing() ? pause() : resume());
    const step = (by) => pause(frame + by);
    const faster = (by) => (speed.selectedIndex = Math.max(0, Math.min(speed.selectedIndex + by, speed.length - 1)));

    const keys = {
      " ": toggle,
      k: toggle,
      ArrowLeft: (event) => step(event.shiftKey ? -10 : -1),
      ArrowRight: (event) => step(event.shiftKey ? 10 : 1),
      Home: () => pause(0),
      End: () => pause(last),
      "+": () => faster(1),
      "=": () => faster(1),
      ">": () => faster(1),
      "-": () => faster(-1),
      _: () => faster(-1),
      "<": () => faster(-1),
    };

    root.addEventListener("keydown", (event) => {
      const action = keys[event.key] ?? keys[event.key.toLowerCase()];
      // A list reads letters and arrows itself, and a button the space bar.
      const own = event.target === speed || (event.key === " " && event.target.tagName === "BUTTON");
      if (!action || own || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      action(event);
    });
    play.addEventListener("click", toggle);
    find("picture").addEventListener("click", toggle);
    back.addEventListener("click", () => step(-1));
    forward.addEventListener("click", () => step(1));
    scrub.addEventListener("input", () => pause(scrub.valueAsNumber));
    calm.addEventListener("change", () => calm.matches && pause());
    // Out of sight it rests: many of them may stand on one page.
    new IntersectionObserver((entries) => {
      inSight = entries.at(-1).isIntersecting;
      run();
    }).observe(root);

    svg.pauseAnimations();
    scrub.max = last;
    find("controls").hidden = last === 0;
    show(calm.matches ? film.rest : 0);
    clock = begins[frame];
    setPlaying(!calm.matches && last > 0);
    if (film.page) root.focus({ preventScroll: true });
  }
})();
