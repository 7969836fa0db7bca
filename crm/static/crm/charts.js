// Charts. Data by kind:
//   bar, funnel: [{label, value, text?, url?}]      gauge: {value, max, text?}
//   line: the same list, or {labels: [...], series: [{label, values: [...]}]}
(() => {
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const look = () => ({
    ink: style("--chart-ink"),
    faint: style("--chart-faint"),
    ground: style("--chart-ground"),
    series: [1, 2, 3, 4, 5, 6].map((n) => style(`--chart-${n}`)),
  });

  const number = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact" });
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const shown = (datum) => datum.text ?? number.format(datum.value);
  const entries = (data) =>
    data.map((datum) => ({ ...datum, value: Number(datum.value), name: capital(datum.label) }));

  const axes = (labels, { ink, faint }) => ({
    grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
    xAxis: {
      type: "category",
      data: labels,
      axisLabel: { color: ink, hideOverlap: true },
      axisLine: { lineStyle: { color: faint } },
      axisTick: { show: false },
    },
    yAxis: {
      type: "value",
      axisLabel: { color: ink, formatter: (value) => number.format(value) },
      splitLine: { lineStyle: { color: faint } },
    },
  });

  const kinds = {
    bar: (data, colours) => ({
      ...axes(data.map((datum) => capital(datum.label)), colours),
      tooltip: { formatter: ({ data: datum }) => `${datum.name}: ${shown(datum)}` },
      series: [
        { type: "bar", barMaxWidth: 40, data: entries(data), itemStyle: { borderRadius: [4, 4, 0, 0] } },
      ],
    }),
    line(data, colours) {
      const rows = Array.isArray(data)
        ? { labels: data.map((d) => d.label), series: [{ label: "", values: data.map((d) => d.value) }] }
        : data;
      return {
        ...axes(rows.labels, colours),
        tooltip: { trigger: "axis" },
        legend: { show: rows.series.length > 1, bottom: 0, textStyle: { color: colours.ink } },
        grid: { left: 8, right: 16, top: 24, bottom: rows.series.length > 1 ? 32 : 8, containLabel: true },
        series: rows.series.map(({ label, values }) => ({
          type: "line",
          name: label,
          data: values.map(Number),
          symbolSize: 6,
        })),
      };
    },
    // Bars rather than slanted sides: a later phase may well hold more than an earlier one.
    funnel: (data, colours) => ({
      tooltip: { formatter: ({ data: datum }) => `${datum.name}: ${shown(datum)}` },
      grid: { left: 8, right: 16, top: 8, bottom: 8, containLabel: true },
      xAxis: { type: "value", show: false },
      yAxis: {
        type: "category",
        inverse: true,
        data: entries(data).map((datum) => `${datum.name}\n${shown(datum)}`),
        axisLabel: { color: colours.ink, lineHeight: 16 },
        axisLine: { show: false },
        axisTick: { show: false },
      },
      series: [
        {
          type: "bar",
          barMaxWidth: 36,
          showBackground: true,
          backgroundStyle: { color: colours.faint, opacity: 0.5, borderRadius: 4 },
          itemStyle: { borderRadius: 4 },
          data: entries(data),
        },
      ],
    }),
    gauge: (data, { ink, faint, series }) => ({
      series: [
        {
          type: "gauge",
          startAngle: 200,
          endAngle: -20,
          min: 0,
          max: Number(data.max) || 100,
          progress: { show: true, width: 16, itemStyle: { color: series[0] } },
          axisLine: { lineStyle: { width: 16, color: [[1, faint]] } },
          axisTick: { show: false },
          splitLine: { show: false },
          axisLabel: { show: false },
          pointer: { show: false },
          anchor: { show: false },
          detail: { color: ink, fontSize: 22, offsetCenter: [0, "-5%"], formatter: () => shown(data) },
          data: [{ value: Number(data.value) }],
        },
      ],
    }),
  };

  const draw = (box, isNew) => {
    const data = JSON.parse(document.getElementById(box.dataset.source).textContent);
    const colours = look();
    const options = kinds[box.dataset.chart](data, colours);
    const chart = echarts.getInstanceByDom(box) || echarts.init(box);
    chart.setOption(
      {
        color: colours.series,
        textStyle: { color: colours.ink, fontFamily: getComputedStyle(document.body).fontFamily },
        animation: isNew && !matchMedia("(prefers-reduced-motion: reduce)").matches,
        animationDuration: 400,
        ...options,
        // An HTML tooltip would need inline styles, which the content security policy forbids.
        tooltip: {
          ...options.tooltip,
          renderMode: "richText",
          backgroundColor: colours.ground,
          textStyle: { color: colours.ink },
        },
      },
      true,
    );
    chart.off("click");
    chart.on("click", ({ data: datum }) => datum?.url && location.assign(datum.url));
    // A page that is about to be printed waits for no frame.
    if (!isNew) chart.getZr().flush();
  };

  const boxes = [...document.querySelectorAll("[data-chart]")];
  boxes.forEach((box) => new ResizeObserver(() => echarts.getInstanceByDom(box)?.resize()).observe(box));
  boxes.forEach((box) => draw(box, true));
  new MutationObserver(() => boxes.forEach((box) => draw(box, false))).observe(
    document.documentElement,
    { attributeFilter: ["data-bs-theme"] },
  );
})();
